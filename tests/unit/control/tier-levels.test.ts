import { bestLevels, type LevelClaim } from '../../../shared/law/allocation/levels.ts';
import { tiersInShortage } from '../../../shared/law/sharing/tier-levels.ts';
import { limitOf, RESTING_LIMIT, type ShortageSketch, shortageOf } from '../../support/builders/tier-shortage.ts';

/** Limits that let nobody through who matters: whatever is best is worth a write. */
const LOW = limitOf(5);

const plansFor = (sketch: ShortageSketch) => tiersInShortage(shortageOf(sketch));
const rateOf = (tier: string, sketch: ShortageSketch) => plansFor(sketch).tiers[tier]?.rateRps ?? 0;

/** The claim of a tier without floor that tries once, of the weight 1 and the rank 1. */
const claim = (
  tier: string,
  rates: readonly number[],
  share: number,
  change: Partial<LevelClaim> = {},
): LevelClaim => ({
  tier,
  keys: rates.map((rps) => ({ rps, count: 1, costPerRequest: 1 })),
  attempts: 1,
  share,
  floor: 0,
  weight: 1,
  rank: 1,
  fill: 1,
  restingRps: RESTING_LIMIT.rateRps,
  ...change,
});

/** Rates are written in tenths. */
const tenths = (rateRps = 0) => Math.round(10 * rateRps) / 10;

describe('a total of 100 for premium, which wants 60, and basic, which wants 60 and 40', () => {
  const basic = [60, 40];
  const shortage: ShortageSketch = {
    totalCups: 100,
    tiers: { premium: { asks: [60], weight: 4 }, basic: { asks: basic } },
  };
  // By weight premium could have 80, so it has what it wants, and basic the other 40.
  const claims = (change: Partial<LevelClaim> = {}) => [
    claim('premium', [60], 60, { weight: 4, ...change }),
    claim('basic', basic, 40, change),
  ];

  test('trims basic to the level that its share bears, and leaves premium at rest', () => {
    const { tiers, order } = plansFor(shortage);
    const level = tenths(bestLevels(100, claims()).basic);
    expect(level).toBeGreaterThan(18);
    expect(level).toBeLessThan(21);
    expect(tiers).toEqual({ premium: RESTING_LIMIT, basic: limitOf(level) });
    expect(order).toEqual(['basic']);
  });

  test('aims at a part of the total with the plans', () => {
    const demand = { planAimShare: 0.9 };
    expect(rateOf('basic', { ...shortage, demand })).toBe(tenths(bestLevels(90, claims()).basic));
  });

  test('writes as much less as limits were seen to let through more', () => {
    const level = bestLevels(100, claims()).basic ?? 0;
    expect(rateOf('basic', { ...shortage, memory: { slack: 1.25 } })).toBe(tenths(level / 1.25));
  });

  test('writes more where random arrivals were seen not to fill their buckets', () => {
    const fill = { basic: 0.8 };
    const filled = bestLevels(100, [
      claim('premium', [60], 60, { weight: 4 }),
      claim('basic', basic, 40, { fill: 0.8 }),
    ]);
    expect(rateOf('basic', { ...shortage, memory: { fill } })).toBe(tenths(filled.basic));
    expect(tenths(filled.basic)).toBeGreaterThan(21);
  });

  test('goes by how often clients are believed to try', () => {
    const twice = { weight: 1, means: [], variances: [1, 0, 1, 1, 1, 1] };
    const levels = bestLevels(100, claims({ attempts: 2 }));
    const memory = { attempts: { premium: twice, basic: twice } };
    expect(rateOf('basic', { ...shortage, memory })).toBe(tenths(levels.basic));
  });

  test('leaves the plan of a tier that nobody uses at rest', () => {
    const tiers = { ...shortage.tiers, internal: { asks: [], live: LOW } };
    expect(plansFor({ ...shortage, tiers }).tiers.internal).toEqual(RESTING_LIMIT);
  });

  test('takes a plan that cannot be read for one at rest', () => {
    const { live, ...known } = shortageOf(shortage);
    expect(tiersInShortage({ ...known, live: {} })).toEqual(plansFor(shortage));
  });

  test('serves a tier that has no plan at all, and writes none', () => {
    const { baseline, ...known } = shortageOf(shortage);
    const { basic: unplanned, ...planned } = baseline.tiers;
    const { tiers } = tiersInShortage({ ...known, baseline: { ...baseline, tiers: planned } });
    expect(Object.keys(tiers)).toEqual(['premium']);
    expect(unplanned).toEqual(RESTING_LIMIT);
  });

  test('counts a key with what its baseline lets through', () => {
    const { baseline, ...known } = shortageOf(shortage);
    const tight = { ...baseline, tiers: { ...baseline.tiers, premium: limitOf(30) } };
    // Premium has 30 at rest, so basic has the other 70.
    const levels = bestLevels(100, [
      claim('premium', [60], 30, { weight: 4, restingRps: 30 }),
      claim('basic', basic, 70),
    ]);
    expect(tiersInShortage({ ...known, baseline: tight }).tiers).toEqual({
      premium: limitOf(30),
      basic: limitOf(tenths(levels.basic)),
    });
  });
});

describe('no tier is cut below its floor', () => {
  /** A tier of little weight beside one of much, whose clients try three times: it is worth next to nothing. */
  const basicWith = (floorShare: number, fairFloorShare: number) =>
    rateOf('basic', {
      totalCups: 100,
      tiers: { premium: { asks: [90], weight: 9, live: LOW }, basic: { asks: [90], floorShare, live: LOW } },
      demand: { usualAttempts: 3, fairFloorShare },
    });
  /** The level for a floor: by weight premium has 90 less what the other's floor takes, at most. */
  const levelFor = (floor: number, shares: readonly [number, number]) => {
    const [premium, basic] = shares;
    const levels = bestLevels(100, [
      claim('premium', [90], premium, { weight: 9, attempts: 3 }),
      claim('basic', [90], basic, { attempts: 3, floor }),
    ]);
    return tenths(levels.basic);
  };

  test('which is none by default', () => {
    expect(basicWith(0, 0)).toBe(levelFor(0, [90, 10]));
  });

  test('which is its share of the total', () => {
    expect(basicWith(0.4, 0)).toBe(levelFor(40, [60, 40]));
    // Levels come in steps.
    expect(basicWith(0.4, 0)).toBeGreaterThan(36);
    expect(basicWith(0, 0)).toBeLessThan(30);
  });

  test('or a part of its fair share', () => {
    expect(basicWith(0.4, 0.5)).toBe(levelFor(40, [60, 40]));
    const fair = (fairFloorShare: number) =>
      rateOf('basic', {
        totalCups: 100,
        tiers: { premium: { asks: [90], weight: 1.5, live: LOW }, basic: { asks: [90], live: LOW } },
        demand: { usualAttempts: 3, fairFloorShare },
      });
    expect(fair(0)).toBeLessThan(30);
    expect(fair(1)).toBeGreaterThan(36);
  });
});

describe('of two tiers that are alike, but for the order of sacrifice, one is whole', () => {
  test.each([
    [1, 2, 'b'],
    [2, 1, 'a'],
    ['never', 1, 'a'],
    [1, 'never', 'b'],
    // Bug: `never` ranked as the number of tiers, before an order above that.
    ['never', 3, 'a'],
    [100, 'never', 'b'],
  ] as const)('a: %s, b: %s, and the whole one is %s', (orderOfA, orderOfB, whole) => {
    const { tiers } = plansFor({
      totalCups: 150,
      tiers: {
        a: { asks: [100], sacrificeOrder: orderOfA, live: LOW },
        b: { asks: [100], sacrificeOrder: orderOfB, live: LOW },
      },
      // Those who are served in part send again what was refused: 50 and 100 serve more than twice 75.
      demand: { usualAttempts: 3 },
    });
    const trimmed = whole === 'a' ? 'b' : 'a';
    expect(tiers).toEqual({ [whole]: RESTING_LIMIT, [trimmed]: limitOf(50) });
  });
});

describe('a tier of the greatest weight that asks for no more than it usually does', () => {
  /** By weight premium has two thirds of the 90, less than it wants; basic could do with 20. */
  const sketch = (usual: Readonly<Record<string, number>>, premium = {}, basic = {}): ShortageSketch => ({
    totalCups: 90,
    tiers: {
      premium: { asks: [50, 20], weight: 2, ...premium },
      basic: { asks: [20, 20, 20, 20], floorShare: 0.1, ...basic },
    },
    memory: { usual },
  });
  const NOTHING_USUAL = plansFor(sketch({})).tiers;

  test('is trimmed to its share where nothing is known of that', () => {
    expect(tenths(NOTHING_USUAL.premium?.rateRps)).toBeLessThan(42);
  });

  test('is whole, and the shortage is borne by the others', () => {
    const { tiers } = plansFor(sketch({ premium: 70 }));
    expect(tiers.premium).toEqual(RESTING_LIMIT);
    expect(4 * (tiers.basic?.rateRps ?? 0)).toBeLessThanOrEqual(20);
  });

  test('leaves them their floors', () => {
    const { tiers } = plansFor(sketch({ premium: 70 }, {}, { floorShare: 0.33 }));
    expect(tiers.premium?.rateRps).toBeLessThan(45);
    expect(4 * (tiers.basic?.rateRps ?? 0)).toBeGreaterThan(27);
  });

  test.each([
    ['one that asks for more than it usually does', sketch({ premium: 30 })],
    ['one of less weight', sketch({ basic: 80 })],
    ['what its ceiling does not allow', sketch({ premium: 70 }, { ceilingShare: 2 / 3 })],
  ])('not so %s', (_, other) => {
    expect(plansFor(other).tiers).toEqual(NOTHING_USUAL);
  });

  test('not so the second of three', () => {
    const tiers = (usual: Readonly<Record<string, number>>) => {
      const { tiers: two, ...rest } = sketch(usual, { weight: 2 });
      return plansFor({ ...rest, tiers: { ...two, first: { asks: [10], weight: 3 } } }).tiers;
    };
    expect(tiers({ premium: 70 })).toEqual(tiers({}));
  });

  test('nobody is favoured among equals', () => {
    const equal = (usual: Readonly<Record<string, number>>) => plansFor(sketch(usual, { weight: 1 })).tiers;
    expect(equal({ premium: 70, basic: 80 })).toEqual(equal({}));
  });
});
