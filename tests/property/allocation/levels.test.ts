import fc from 'fast-check';
import { decimal } from '../../../embedded-aws/tests/support/even-decimal.ts';
import { bestLevels, type LevelClaim, type Levels, mostWorth, worthOf } from '../../../shared/law/allocation/levels.ts';
import { responseOf } from '../../../shared/law/allocation/response.ts';
import type { KeyDemand } from '../../../shared/law/allocation/water-level.ts';

const keyDemand = fc.record({
  rps: decimal(0.2, 500),
  count: fc.integer({ min: 1, max: 20 }),
  costPerRequest: decimal(0.5, 4),
});
const keys = fc.array(keyDemand, { minLength: 1, maxLength: 8 });
const demandOf = (list: readonly KeyDemand[]) =>
  list.reduce((sum, { rps, count, costPerRequest }) => sum + rps * count * costPerRequest, 0);

const claim = fc
  .record({
    keys,
    attempts: fc.integer({ min: 1, max: 6 }),
    weight: fc.integer({ min: 1, max: 4 }),
    part: decimal(0.1, 1),
  })
  .map(({ part, ...rest }) => {
    const share = part * demandOf(rest.keys);
    return { ...rest, share, floor: 0, rank: 1, fill: 1, restingRps: Number.POSITIVE_INFINITY };
  });
const claims = fc
  .array(claim, { minLength: 1, maxLength: 4 })
  .map((list) => list.map((each, index): LevelClaim => ({ ...each, tier: `tier-${index}`, rank: index + 1 })));

const admittedBy = (levels: Levels, list: readonly LevelClaim[]) =>
  list.reduce((sum, { tier, keys: own, attempts }) => {
    return sum + responseOf(own, levels[tier] ?? Number.POSITIVE_INFINITY, attempts, 1).admitted;
  }, 0);
/** Parts of the total are told apart in so many bins, and each tier's is rounded. */
const ROUNDING = 1 + 4 / 2 / 160;

test('levels let through no more than the total, but for the rounding of bins', () => {
  fc.assert(
    fc.property(claims, decimal(0.05, 1.5), (list, part) => {
      // From a quarter of the least demand on there is always a level that fits a total of at least so much.
      const total = Math.max(0.3, part) * list.reduce((sum, { keys: own }) => sum + demandOf(own), 0);
      expect(admittedBy(bestLevels(total, list), list)).toBeLessThanOrEqual(total * ROUNDING);
    }),
  );
});

test('where all fits, nothing more could be won', () => {
  fc.assert(
    fc.property(claims, (list) => {
      const whole = list.map((each) => ({ ...each, share: demandOf(each.keys) }));
      const levels = bestLevels(ROUNDING * mostWorth(whole.map((each) => ({ ...each, weight: 1, rank: 0 }))), whole);
      expect(worthOf(levels, Number.POSITIVE_INFINITY, whole) / mostWorth(whole)).toBeGreaterThan(0.93);
    }),
  );
});

test('the levels found are worth at least what the same total, spread by shares alone, would be', () => {
  fc.assert(
    fc.property(claims, (list) => {
      const total = 0.6 * list.reduce((sum, { keys: own }) => sum + demandOf(own), 0);
      const resting = Object.fromEntries(list.map(({ tier }) => [tier, Number.POSITIVE_INFINITY]));
      // The bins round: what fits by a trifle may not be found.
      const found = worthOf(bestLevels(total, list), total * ROUNDING, list);
      expect(found).toBeGreaterThanOrEqual(0.85 * worthOf(resting, 0.9 * total, list));
    }),
  );
});

test('no tier is cut below its floor for what another could make of it', () => {
  fc.assert(
    fc.property(claims, (list) => {
      const total = list.reduce((sum, { keys: own }) => sum + demandOf(own), 0);
      const floored = list.map((each) => ({ ...each, floor: (0.5 * total) / list.length }));
      const levels = bestLevels(total, floored);
      for (const each of floored) {
        const { admitted } = responseOf(each.keys, levels[each.tier] ?? 0, each.attempts, 1);
        expect(admitted).toBeGreaterThanOrEqual(0.9 * Math.min(each.floor, each.share, demandOf(each.keys)));
      }
    }),
  );
});

test('of tiers alike the one that is sacrificed last is served best', () => {
  const alike = (tier: string, rank: number): LevelClaim => ({
    tier,
    keys: [{ rps: 10, count: 10, costPerRequest: 1 }],
    attempts: 3,
    share: 60,
    floor: 0,
    weight: 1,
    rank,
    fill: 1,
    restingRps: 100,
  });
  const list = [alike('basic', 1), alike('premium', 3)];
  for (const order of [list, list.toReversed()]) {
    const { basic, premium } = bestLevels(120, order);
    expect(premium).toBeGreaterThan(basic ?? 0);
  }
});

test('a response: who tries again gets in what the limit lets in, mostly not at the first attempt', () => {
  const key = [{ rps: 10, count: 1, costPerRequest: 2 }];
  expect(responseOf(key, 5, 1, 1)).toEqual({ admitted: 10, first: 10 });
  const retried = responseOf(key, 5, 3, 1);
  expect(retried.admitted).toBe(10);
  // Half get through within three attempts with a chance of 0.206 each.
  expect(retried.first).toBeCloseTo(20 * (1 - 0.5 ** (1 / 3)), 9);
  expect(responseOf(key, Number.POSITIVE_INFINITY, 3, 1)).toEqual({ admitted: 20, first: 20 });
});
