import { BLOCK_SECONDS, jainAgainstMaxMin, StressKeeper } from '../../../rehearsal/world/stress.ts';

const TIERS = [
  { name: 'premium', weight: 4, floorShare: 0.5, sacrificeRank: 1 },
  { name: 'basic', weight: 1, floorShare: 0, sacrificeRank: 0 },
] as const;
const [PREMIUM, BASIC] = [0, 1];
const CAPACITY = 10;

/** Plays blocks of constant demand and goodput (cost units a second) of [premium, basic], one key each. */
function play(blocks: readonly { demand: [number, number]; goodput: [number, number]; ideal: [number, number] }[]) {
  const keeper = new StressKeeper(TIERS, [PREMIUM, BASIC]);
  blocks.forEach(({ demand, goodput, ideal }, block) => {
    for (let second = block * BLOCK_SECONDS; second < (block + 1) * BLOCK_SECONDS; second++) {
      for (const tier of [PREMIUM, BASIC]) {
        keeper.demanded(second + 0.5, tier, tier, demand[tier] ?? 0);
        keeper.served(second + 0.5, tier, tier, goodput[tier] ?? 0);
      }
      keeper.closeSecond(second, CAPACITY, ideal);
    }
  });
  return keeper.result();
}

const CALM = { demand: [3, 3], goodput: [3, 3], ideal: [3, 3] } satisfies Parameters<typeof play>[0][number];
const BUSY = { demand: [8, 8], goodput: [4, 4], ideal: [8, 2] } satisfies Parameters<typeof play>[0][number];
const repeat = <T>(block: T, times: number): T[] => Array.from({ length: times }, () => block);

describe('stress', () => {
  it('never comes while demand stays within nine tenths of the capacity', () => {
    const scores = play(repeat({ ...CALM, demand: [6, 3] as [number, number] }, 5));
    expect(scores).toEqual({ stressSeconds: 0, stressRatio: 1, premiumWithinGuarantee: 1, jain: 1 });
  });

  it('lasts as long as demand exceeds them and two minutes more', () => {
    expect(play([CALM, CALM, BUSY, BUSY, ...repeat(CALM, 20)]).stressSeconds).toBe(20 + 120);
  });

  it('is counted from the last block of many', () => {
    expect(play([BUSY, ...repeat(CALM, 5), BUSY, ...repeat(CALM, 20)]).stressSeconds).toBe(60 + 10 + 120);
  });

  it('relates what was served to the omniscient shares, by weight, in stress alone', () => {
    const { stressRatio } = play([...repeat({ ...CALM, goodput: [0, 0] as [number, number] }, 3), ...repeat(BUSY, 4)]);
    expect(stressRatio).toBeCloseTo((4 * 4 + 4) / (4 * 8 + 2), 6);
  });

  it('holds against its guarantee the tier that plays premium, where other tiers are deployed', () => {
    const keeper = new StressKeeper([{ ...TIERS[0], name: 'gold' }, TIERS[1]], [PREMIUM, BASIC], 'gold');
    for (let second = 0; second < BLOCK_SECONDS; second++) {
      keeper.demanded(second, PREMIUM, PREMIUM, 20);
      keeper.served(second, PREMIUM, PREMIUM, 2);
      keeper.closeSecond(second, CAPACITY, [10, 0]);
    }
    expect(keeper.result().premiumWithinGuarantee).toBe(0.4);
  });

  it('holds premium against its guarantee: what it asks for, at most its floor', () => {
    // The floor is 5 of 10 cost units a second, 4 are served; more in another block makes up for nothing.
    expect(play([BUSY]).premiumWithinGuarantee).toBe(0.8);
    expect(play([BUSY, { ...BUSY, goodput: [9, 1] }]).premiumWithinGuarantee).toBe(0.9);
    expect(play([{ ...BUSY, demand: [2, 12], goodput: [2, 8] }]).premiumWithinGuarantee).toBe(1);
  });

  it('counts an answer for the block in which its request arrived', () => {
    const keeper = new StressKeeper(TIERS, [PREMIUM, BASIC]);
    for (let second = 0; second < 20; second++) {
      if (second < 10) keeper.demanded(second, PREMIUM, 0, 12);
      if (second === 10) keeper.served(9.9, PREMIUM, 0, 60);
      keeper.closeSecond(second, CAPACITY, [second < 10 ? 10 : 0, 0]);
    }
    const result = keeper.result();
    expect(result.stressRatio).toBe(0.6);
    // Asked again it settles nothing twice.
    expect(keeper.result()).toEqual(result);
  });

  it('takes the worst tier for how even it was', () => {
    const keeper = new StressKeeper(TIERS, [PREMIUM, PREMIUM, BASIC, BASIC]);
    keeper.demanded(0, PREMIUM, 0, 10);
    keeper.demanded(0, PREMIUM, 1, 10);
    keeper.demanded(0, BASIC, 2, 10);
    keeper.demanded(0, BASIC, 3, 10);
    keeper.served(0, PREMIUM, 0, 5);
    keeper.served(0, PREMIUM, 1, 5);
    keeper.served(0, BASIC, 2, 8);
    keeper.closeSecond(0, CAPACITY, [10, 0]);
    expect(keeper.result().jain).toBe(0.5);
  });
});

describe("Jain's index against max-min", () => {
  it.each([
    ['max-min itself', [1, 10, 20], [1, 4, 4], 1],
    ['all served', [1, 10], [1, 10], 1],
    ['one of two served', [10, 10], [10, 0], 0.5],
    ['nobody served', [10, 10], [0, 0], 1],
    ['silent keys do not count', [10, 0, 0], [3, 0, 0], 1],
    // Two of five units are the small key's by max-min, three the large one's.
    ['half of what each wants, which is not max-min', [2, 8], [1, 4], (1 / 2 + 4 / 3) ** 2 / (2 * (1 / 4 + 16 / 9))],
  ])('%s', (_, demands, served, expected) => {
    expect(jainAgainstMaxMin(demands, served)).toBeCloseTo(expected, 9);
  });
});
