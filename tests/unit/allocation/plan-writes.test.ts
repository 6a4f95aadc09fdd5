import { nextPlanWrite, type PlanWriteRules, pendingPlanWrites } from '../../../shared/law/allocation/plan-writes.ts';

const at = (rateRps: number, burst = rateRps) => ({ rateRps, burst });
const rules = (change: Partial<PlanWriteRules> = {}): PlanWriteRules => ({
  sacrificeOrder: ['basic', 'standard', 'premium'],
  resting: {},
  ignoreChangeShare: 0.25,
  intervalMs: 20_000,
  ...change,
});

test('what the law put first is written first, raise or cut; what it did not name comes after, cuts first', () => {
  const live = { basic: at(100), standard: at(100), premium: at(100), internal: at(100) };
  const desired = { basic: at(10), standard: at(200), premium: at(50), internal: at(400) };
  const planOrder = ['internal', 'standard'];
  expect(pendingPlanWrites(desired, live, rules({ planOrder }))).toEqual(['internal', 'standard', 'basic', 'premium']);
});

test('tiers that the policy does not order come last among cuts and first among raises, by name', () => {
  const live = { zeta: at(100), basic: at(100), alpha: at(100) };
  const cut = { zeta: at(50), basic: at(50), alpha: at(50) };
  expect(pendingPlanWrites(cut, live, rules())).toEqual(['basic', 'alpha', 'zeta']);
  expect(pendingPlanWrites(live, cut, rules())).toEqual(['zeta', 'alpha', 'basic']);
});

test('among cuts the largest excess goes first; where rates agree, the burst says how much', () => {
  const live = { basic: at(100), premium: at(100, 1000) };
  expect(pendingPlanWrites({ basic: at(50), premium: at(100, 100) }, live, rules())).toEqual(['premium', 'basic']);
  // A rate that differs enough decides alone.
  expect(pendingPlanWrites({ basic: at(50), premium: at(80, 100) }, live, rules())).toEqual(['basic', 'premium']);
});

test('a smaller burst at the same rate is a cut, a larger one a raise', () => {
  const live = { basic: at(100, 100), standard: at(100), premium: at(100, 100) };
  const desired = { basic: at(100, 400), standard: at(200), premium: at(100, 10) };
  expect(pendingPlanWrites(desired, live, rules())).toEqual(['premium', 'standard', 'basic']);
});

test('a change of exactly the ignored share is worth a write, a smaller one only on the way back to rest', () => {
  expect(nextPlanWrite({ basic: at(125) }, { basic: at(100) }, 0, undefined, rules())).toMatchObject({ kind: 'write' });
  const less = { basic: at(124) };
  expect(nextPlanWrite(less, { basic: at(100) }, 0, undefined, rules())).toEqual({ kind: 'nothing' });
  expect(nextPlanWrite(less, { basic: at(100) }, 0, undefined, rules({ resting: less }))).toEqual({
    kind: 'write',
    tier: 'basic',
    limit: at(124),
  });
});

test('the quota is counted from the last write, to the millisecond', () => {
  const [desired, live] = [{ basic: at(50) }, { basic: at(100) }];
  expect(nextPlanWrite(desired, live, 24_999, 5000, rules())).toEqual({ kind: 'wait', untilMs: 25_000 });
  expect(nextPlanWrite(desired, live, 25_000, 5000, rules())).toMatchObject({ kind: 'write', tier: 'basic' });
});
