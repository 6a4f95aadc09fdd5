import { tiersInShortage } from '../../../shared/law/sharing/tier-levels.ts';
import { limitOf, RESTING_LIMIT, type ShortageSketch, shortageOf } from '../../support/builders/tier-shortage.ts';

const plansFor = (sketch: ShortageSketch) => tiersInShortage(shortageOf(sketch));

describe('a plan that admits 20 of 100 while the total suffices for all 200', () => {
  // Clients try once: 80 of 200 are to be won, both tiers being alike.
  const shortage: ShortageSketch = {
    totalCups: 250,
    tiers: { a: { asks: [100] }, b: { asks: [100], live: limitOf(20) } },
  };
  const written = { tiers: { a: RESTING_LIMIT, b: RESTING_LIMIT }, order: ['b'] };
  const kept = { tiers: { a: RESTING_LIMIT, b: limitOf(20) }, order: [] };
  const withDemand = (demand: ShortageSketch['demand'], change: Partial<ShortageSketch> = {}) =>
    plansFor({ ...shortage, ...change, demand: { ...demand } });

  test.each([
    [0.39, written],
    [0.4, written],
    [0.41, kept],
  ])('is raised if its gain, 0.4 of all that is asked for, is at least worthShare: %d', (worthShare, expected) => {
    expect(withDemand({ worthShare })).toEqual(expected);
  });

  test('is raised for a smaller gain if the total is not filled', () => {
    const demand = { worthShare: 0.5, filledShare: 0.8, unfilledWorthShare: 0.5 };
    expect(withDemand(demand, { admittedCups: 199 })).toEqual(written);
    expect(withDemand(demand, { admittedCups: 200 })).toEqual(kept);
  });

  test('wins less by a raise if enforcement is known to admit more than the limit', () => {
    // It lets through 30 then, and 70 of 200 are to be won.
    expect(withDemand({ worthShare: 0.36 }, { memory: { slack: 1.5 } })).toEqual(kept);
    expect(withDemand({ worthShare: 0.34 }, { memory: { slack: 1.5 } }).order).toEqual(['b']);
  });

  test('is judged by its gain over all that is asked for, retries included', () => {
    const tiers = { a: { asks: [100] }, b: { asks: [100], wantedShare: 0.5, live: limitOf(20) } };
    // Only 30 are to be won of 200, not of the believed 150.
    expect(withDemand({ worthShare: 0.16 }, { tiers }).order).toEqual([]);
    expect(withDemand({ worthShare: 0.14 }, { tiers }).order).toEqual(['b']);
  });
});

describe('a plan within a thousandth of its baseline', () => {
  /** Limited, its keys would be seen to pass half of what their rates say. */
  const liveAt = (rateRps: number) =>
    plansFor({
      totalCups: 250,
      tiers: { a: { asks: [100] }, b: { asks: [100], live: limitOf(rateRps) } },
      memory: { fill: { b: 0.5 } },
      demand: { worthShare: 0.1 },
    });

  test('counts as resting and is not written', () => {
    expect(liveAt(999)).toEqual({ tiers: { a: RESTING_LIMIT, b: limitOf(999) }, order: [] });
  });

  test('is written if it is a little further below', () => {
    expect(liveAt(998)).toEqual({ tiers: { a: RESTING_LIMIT, b: RESTING_LIMIT }, order: ['b'] });
  });
});

test('cutting a plan is worth it only if the stage would otherwise refuse premium keys as often as basic ones', () => {
  const tiers = { premium: { asks: [60], weight: 4 }, basic: { asks: [60, 40] } };
  const orderWith = (plansHoldShare: number) =>
    plansFor({ totalCups: 100, tiers, demand: { worthShare: 0.1, plansHoldShare } }).order;
  // At rest all ask for 160: a stage of 100 refuses premium as often as basic, one of 160 nobody.
  expect(orderWith(1)).toEqual(['basic']);
  expect(orderWith(1.6)).toEqual([]);
});

test('a plan with the right rate and a wrong burst wins nothing, so it is desired without a place in the order of writes', () => {
  const tiers = { a: { asks: [100], live: { rateRps: 1000, burst: 1 } } };
  expect(plansFor({ totalCups: 250, tiers })).toEqual({ tiers: { a: RESTING_LIMIT }, order: [] });
});

describe('plans are written in the order of what they win', () => {
  const low = limitOf(20);
  const orderOf = (tiers: ShortageSketch['tiers'], totalCups = 500) => plansFor({ totalCups, tiers }).order;

  test('a tier of greater weight comes first, wherever it is named', () => {
    const a = { asks: [100], live: low };
    const b = { asks: [100], live: low, weight: 2 };
    expect(orderOf({ a, b })).toEqual(['b', 'a']);
    expect(orderOf({ b, a })).toEqual(['b', 'a']);
  });

  test('of two plans that win the same, the one that is named first comes first', () => {
    const a = { asks: [100], live: low };
    expect(orderOf({ a, b: a })).toEqual(['a', 'b']);
  });

  test('three plans are ordered by the demand that they serve', () => {
    const tiers = {
      a: { asks: [60], live: low },
      b: { asks: [100], live: low },
      c: { asks: [80], live: low },
      d: { asks: [80] },
    };
    expect(orderOf(tiers)).toEqual(['b', 'c', 'a']);
  });
});
