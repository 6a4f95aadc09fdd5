import {
  creditOf,
  omniscientShares,
  type TierDemand,
  type TierTerms,
  worthOf,
} from '../../../rehearsal/world/omniscient.ts';

const tier = (name: string, weight: number, floorShare = 0, sacrificeRank = 0): TierTerms => ({
  name,
  weight,
  floorShare,
  sacrificeRank,
});
/** Demand without excess. */
const usual = (...units: number[]): TierDemand[] => units.map((total) => ({ usual: total, total }));
const shares = (terms: readonly TierTerms[], demand: readonly TierDemand[], capacity: number) =>
  omniscientShares(terms, demand, capacity).map(({ due, excess }) =>
    [due, excess].map((x) => Math.round(x * 1e3) / 1e3),
  );
const dues = (...args: Parameters<typeof shares>) => shares(...args).map(([due]) => due);

describe('the omniscient allocator', () => {
  it('serves everything that fits', () => {
    expect(dues([tier('a', 1), tier('b', 1)], usual(30, 70), 100)).toEqual([30, 70]);
  });

  it('divides a shortage by weight', () => {
    expect(dues([tier('a', 4), tier('b', 1)], usual(900, 900), 500)).toEqual([400, 100]);
  });

  it('gives what a tier does not ask for to the others', () => {
    expect(dues([tier('a', 4), tier('b', 2), tier('c', 1)], usual(100, 900, 900), 400)).toEqual([100, 200, 100]);
  });

  it('keeps a floor that the weights alone would not give', () => {
    expect(dues([tier('a', 9), tier('b', 1, 0.4)], usual(900, 900), 100)).toEqual([60, 40]);
  });

  it('grants no floor beyond demand', () => {
    expect(dues([tier('a', 1), tier('b', 1, 0.9)], usual(900, 10), 100)).toEqual([90, 10]);
  });

  it('sacrifices floors in their order when they exceed the capacity', () => {
    const terms = [tier('basic', 1, 0.5, 1), tier('premium', 1, 0.8, 3)];
    expect(dues(terms, usual(900, 900), 100)).toEqual([20, 80]);
  });

  it('serves nobody without capacity', () => {
    expect(dues([tier('a', 1), tier('b', 1, 0.5)], usual(5, 5), 0)).toEqual([0, 0]);
  });

  it("serves everybody's usual demand before anybody's excess, which goes by weight", () => {
    const demand = [
      { usual: 20, total: 500 },
      { usual: 30, total: 80 },
    ];
    expect(shares([tier('a', 4), tier('b', 1)], demand, 100)).toEqual([
      [20, 40],
      [30, 10],
    ]);
    expect(shares([tier('a', 4), tier('b', 1)], demand, 45)).toEqual([
      [20, 0],
      [25, 0],
    ]);
  });

  it('honours a floor with excess where the usual demand is less', () => {
    const demand = [
      { usual: 20, total: 500 },
      { usual: 90, total: 90 },
    ];
    expect(shares([tier('a', 4, 0.4), tier('b', 1)], demand, 100)).toEqual([
      [40, 0],
      [60, 0],
    ]);
  });
});

describe('what was served', () => {
  const worth = (terms: readonly TierTerms[], demand: readonly TierDemand[], served: readonly TierDemand[]) => {
    const shares = omniscientShares(terms, demand, 100);
    const credits = shares.map((share, index) => creditOf(share, served[index] ?? { usual: 0, total: 0 }));
    return worthOf(terms, credits);
  };
  const terms = [tier('a', 4), tier('b', 1)];
  // Of 100 units the allocator serves a 20 + 40, b 30 + 10.
  const demand = [
    { usual: 20, total: 500 },
    { usual: 30, total: 80 },
  ];

  it("is worth its tier's weight as far as it is due, and excess so much less that none outweighs what is due", () => {
    expect(
      worth(terms, demand, [
        { usual: 20, total: 60 },
        { usual: 30, total: 40 },
      ]),
    ).toBe(4 * (20 + 40 / 20) + 30 + 10 / 20);
    expect(worth(terms, demand, [{ usual: 20, total: 30 }])).toBe(4 * (20 + 10 / 20));
    expect(worth(terms, demand, [{ usual: 0, total: 30 }])).toBe(4 * (30 / 20));
  });

  it('is worth nothing beyond the share', () => {
    expect(worth(terms, demand, [{ usual: 20, total: 500 }])).toBe(4 * (20 + 40 / 20));
  });

  it('counts excess as due below the floor', () => {
    const floored = [tier('a', 4, 0.4), tier('b', 1)];
    const asked = [
      { usual: 20, total: 500 },
      { usual: 90, total: 90 },
    ];
    // Due to a are 40. It is served half of its usual 20, and 20 of the 25 units of excess make up for its floor.
    expect(
      worth(floored, asked, [
        { usual: 10, total: 35 },
        { usual: 60, total: 60 },
      ]),
    ).toBe(4 * 30 + 60);
  });
});
