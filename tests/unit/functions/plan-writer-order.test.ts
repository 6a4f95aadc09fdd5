import { nextPlanWrite, type PlanWriteRules, pendingPlanWrites } from '../../../shared/law/allocation/plan-writes.ts';
import type { Limit } from '../../../shared/limits/limit.ts';

/** Live and desired limits by tier; the order of the entries must not matter. */
type Changes = Readonly<Record<string, readonly [live: Limit, desired: Limit]>>;

const RULES: PlanWriteRules = {
  sacrificeOrder: ['basic', 'standard', 'premium'],
  resting: { basic: limit(100, 100), premium: limit(1000, 1000) },
  ignoreChangeShare: 0.25,
  intervalMs: 20_000,
};

function limit(rateRps: number, burst = rateRps): Limit {
  return { rateRps, burst };
}

function orders(changes: Changes, rules: Partial<PlanWriteRules> = {}): string[][] {
  const entries = Object.entries(changes);
  return [entries, entries.toReversed()].map((each) => {
    const live = Object.fromEntries(each.map(([tier, [now]]) => [tier, now]));
    const desired = Object.fromEntries(each.map(([tier, [, wanted]]) => [tier, wanted]));
    return pendingPlanWrites(desired, live, { ...RULES, ...rules });
  });
}

test.each<[string, Changes, string[]]>([
  [
    'a cut goes before a raise',
    { premium: [limit(100), limit(200)], standard: [limit(10), limit(5)] },
    ['standard', 'premium'],
  ],
  [
    'the deepest cut goes first, of rate or of burst',
    {
      basic: [limit(100), limit(50)],
      premium: [limit(100, 1000), limit(100, 100)],
      standard: [limit(300, 10), limit(100, 10)],
    },
    ['premium', 'standard', 'basic'],
  ],
  [
    'a rate that hardly changes leaves it to the burst whether this is a cut',
    { basic: [limit(120, 100), limit(100, 300)], standard: [limit(120, 300), limit(100, 100)] },
    ['standard', 'basic'],
  ],
  [
    'a rate that changes by just enough decides',
    { basic: [limit(125, 100), limit(100, 300)], premium: [limit(100), limit(200)] },
    ['basic', 'premium'],
  ],
  [
    'equal cuts are borne in the order of sacrifice, however their ratios are rounded',
    { premium: [limit(0.3), limit(0.1)], standard: [limit(300), limit(100)], basic: [limit(30), limit(10)] },
    ['basic', 'standard', 'premium'],
  ],
  [
    'raises go the other way round, however large',
    { premium: [limit(100), limit(200)], standard: [limit(1), limit(100)], basic: [limit(10), limit(50)] },
    ['premium', 'standard', 'basic'],
  ],
  [
    'a way back to rest of next to nothing is no cut',
    { basic: [limit(99, 100), limit(100, 100)], premium: [limit(100), limit(200)] },
    ['premium', 'basic'],
  ],
  [
    'tiers outside of the order are sacrificed last, by name',
    { gold: [limit(100), limit(50)], silver: [limit(100), limit(50)], premium: [limit(100), limit(50)] },
    ['premium', 'gold', 'silver'],
  ],
  [
    'tiers outside of the order are raised first, by name from the end',
    { gold: [limit(50), limit(100)], silver: [limit(50), limit(100)], premium: [limit(50), limit(100)] },
    ['silver', 'gold', 'premium'],
  ],
])('%s', (_, changes, tiers) => {
  expect(orders(changes)).toEqual([tiers, tiers]);
});

test('an order of plans that is given goes before every urgency; who is not in it comes after', () => {
  const changes = {
    basic: [limit(100), limit(10)],
    standard: [limit(100), limit(50)],
    premium: [limit(100), limit(200)],
    gold: [limit(100), limit(90, 20)],
  } as const;
  const tiers = ['premium', 'standard', 'basic', 'gold'];
  expect(orders(changes, { planOrder: ['premium', 'standard'] })).toEqual([tiers, tiers]);
});

test.each<[string, Limit, Limit, boolean]>([
  ['nothing', limit(60), limit(60), false],
  ['less than is worth a write', limit(60), limit(70), false],
  ['just enough of the rate', limit(40, 60), limit(50, 60), true],
  ['just enough of the burst', limit(60, 40), limit(60, 50), true],
  ['a little of the rate, to rest', limit(99, 100), limit(100, 100), true],
  ['a little of the burst, to rest', limit(100, 99), limit(100, 100), true],
  ['a little, away from rest', limit(100, 100), limit(99, 100), false],
])('to change %s is done or left', (_, live, desired, isWorthIt) => {
  expect(pendingPlanWrites({ basic: desired }, { basic: live }, RULES)).toEqual(isWorthIt ? ['basic'] : []);
});

test('a tier that rests nowhere, and one without a plan, are no obstacle', () => {
  const live = { gold: limit(100), basic: limit(100) };
  const desired = { gold: limit(99), ghost: limit(5), basic: limit(50) };
  expect(pendingPlanWrites(desired, live, RULES)).toEqual(['basic']);
});

test('the next write is the first of them, no sooner than the interval after the last', () => {
  const live = { basic: limit(100), premium: limit(100) };
  const desired = { basic: limit(50), premium: limit(10) };
  const next = (now: number, lastMs?: number) => nextPlanWrite(desired, live, now, lastMs, RULES);
  const write = { kind: 'write', tier: 'premium', limit: limit(10) };
  expect(next(5_000)).toEqual(write);
  expect(next(24_999, 5_000)).toEqual({ kind: 'wait', untilMs: 25_000 });
  expect(next(25_000, 5_000)).toEqual(write);
  expect(nextPlanWrite(live, live, 0, 0, RULES)).toEqual({ kind: 'nothing' });
});
