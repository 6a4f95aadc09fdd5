import fc from 'fast-check';
import { nextPlanWrite, type PlanWriteRules, pendingPlanWrites } from '../../../shared/law/allocation/plan-writes.ts';
import type { Limit } from '../../../shared/limits/limit.ts';

const TIERS = ['basic', 'standard', 'premium', 'internal'] as const;
const limit = fc.record({ rateRps: fc.integer({ min: 1, max: 2000 }), burst: fc.integer({ min: 1, max: 5000 }) });
const limits = fc.record({ basic: limit, standard: limit, premium: limit, internal: limit });
const resting: Record<string, Limit> = {
  basic: { rateRps: 100, burst: 200 },
  standard: { rateRps: 500, burst: 1000 },
  premium: { rateRps: 2000, burst: 5000 },
  internal: { rateRps: 500, burst: 1000 },
};
const rules: PlanWriteRules = { sacrificeOrder: TIERS, resting, ignoreChangeShare: 0.05, intervalMs: 20_000 };

test('however desires change, no two writes lie closer than the interval, and rest is reached', () => {
  fc.assert(
    fc.property(
      fc.array(limits, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 15 }),
      (wishes, stepSeconds) => {
        let live: Record<string, Limit> = resting;
        let lastMs: number | undefined;
        const writes: number[] = [];
        for (let now = 0; now < 400_000; now += stepSeconds * 1000) {
          const desired = now < 200_000 ? (wishes[Math.floor(now / 30_000) % wishes.length] ?? resting) : resting;
          const next = nextPlanWrite(desired, live, now, lastMs, rules);
          if (next.kind !== 'write') continue;
          live = { ...live, [next.tier]: next.limit };
          lastMs = now;
          writes.push(now);
        }
        writes.slice(1).forEach((at, index) => {
          expect(at - (writes[index] ?? 0)).toBeGreaterThanOrEqual(20_000);
        });
        expect(live).toEqual(resting);
      },
    ),
    { numRuns: 60 },
  );
});

test('what was written is not pending any more, and small changes never are', () => {
  fc.assert(
    fc.property(limits, limits, (desired, live) => {
      const next = nextPlanWrite(desired, live, 0, undefined, rules);
      if (next.kind !== 'write') return expect(pendingPlanWrites(desired, live, rules)).toEqual([]);
      const after = { ...live, [next.tier]: next.limit };
      expect(pendingPlanWrites(desired, after, rules)).not.toContain(next.tier);
      return undefined;
    }),
  );
});

const at = (rateRps: number): Limit => ({ rateRps, burst: rateRps });
const all = (rate: number) => Object.fromEntries(TIERS.map((tier) => [tier, at(rate)]));

test('cuts before raises, the largest excess first, ties basic first; raises premium first', () => {
  const live = { ...all(100), internal: at(10) };
  const desired = { basic: at(50), standard: at(50), premium: at(20), internal: at(90) };
  expect(pendingPlanWrites(desired, live, rules)).toEqual(['premium', 'basic', 'standard', 'internal']);
  expect(pendingPlanWrites(all(100), all(50), rules)).toEqual(['internal', 'premium', 'standard', 'basic']);
});

test('it waits for the quota, and ignores less than a twentieth unless it is the way back to rest', () => {
  expect(nextPlanWrite(all(50), all(100), 10_000, 5_000, rules)).toEqual({ kind: 'wait', untilMs: 25_000 });
  expect(nextPlanWrite(all(104), all(100), 0, undefined, rules)).toEqual({ kind: 'nothing' });
  const almost = { ...resting, premium: { rateRps: 1990, burst: 5000 } };
  expect(nextPlanWrite(resting, almost, 0, undefined, rules)).toMatchObject({ kind: 'write', tier: 'premium' });
  expect(nextPlanWrite({ unheard: at(1) }, all(100), 0, undefined, rules)).toEqual({ kind: 'nothing' });
});

test('a changed burst at the same rate is a change', () => {
  const live = { basic: { rateRps: 100, burst: 1000 } };
  expect(nextPlanWrite({ basic: at(100) }, live, 0, undefined, rules)).toMatchObject({ kind: 'write', tier: 'basic' });
});
