import { omniscientShares, type TierTerms } from '../../../rehearsal/world/omniscient.ts';

const tier = (name: string, weight: number, floorShare = 0, sacrificeRank = 0): TierTerms => ({
  name,
  weight,
  floorShare,
  sacrificeRank,
});
const rounded = (shares: readonly number[]) => shares.map((share) => Math.round(share * 1000) / 1000);

describe('the omniscient allocator', () => {
  it('serves everything that fits', () => {
    expect(omniscientShares([tier('a', 1), tier('b', 1)], [30, 70], 100)).toEqual([30, 70]);
  });

  it('divides a shortage by weight', () => {
    expect(rounded(omniscientShares([tier('a', 4), tier('b', 1)], [900, 900], 500))).toEqual([400, 100]);
  });

  it('gives what a tier does not ask for to the others', () => {
    expect(rounded(omniscientShares([tier('a', 4), tier('b', 2), tier('c', 1)], [100, 900, 900], 400))).toEqual([
      100, 200, 100,
    ]);
  });

  it('keeps a floor that the weights alone would not give', () => {
    expect(rounded(omniscientShares([tier('a', 9), tier('b', 1, 0.4)], [900, 900], 100))).toEqual([60, 40]);
  });

  it('grants no floor beyond demand', () => {
    expect(rounded(omniscientShares([tier('a', 1), tier('b', 1, 0.9)], [900, 10], 100))).toEqual([90, 10]);
  });

  it('sacrifices floors in their order when they exceed the capacity', () => {
    const terms = [tier('basic', 1, 0.5, 1), tier('premium', 1, 0.8, 3)];
    expect(rounded(omniscientShares(terms, [900, 900], 100))).toEqual([20, 80]);
  });

  it('serves nobody without capacity', () => {
    expect(omniscientShares([tier('a', 1), tier('b', 1, 0.5)], [5, 5], 0)).toEqual([0, 0]);
  });
});
