import type { FirstAttempt } from '../../../rehearsal/world/scoring/first-attempt.ts';
import { BLOCK_SECONDS, BlockKeeper, jainAgainstMaxMin } from '../../../rehearsal/world/stress.ts';

const TIERS = [
  { name: 'premium', weight: 4, floorShare: 0.5, sacrificeRank: 1 },
  { name: 'basic', weight: 1, floorShare: 0, sacrificeRank: 0 },
] as const;
const [PREMIUM, BASIC] = [0, 1];
const CAPACITY = 10;

/** A first attempt of the key of that index, one key a tier unless said otherwise; all that it asks for is usual. */
function attempt(keyIndex: number, cost: number, arrivalSeconds: number, tierIndex = keyIndex): FirstAttempt {
  const facts = { isWithinContract: true, isUsual: true, isHonest: false };
  return { tierIndex, keyIndex, cost, arrivalSeconds, ...facts };
}

/** Plays blocks of constant demand and goodput (cost units a second) of [premium, basic], one key each. */
function play(blocks: readonly { demand: [number, number]; goodput: [number, number] }[]) {
  const keeper = new BlockKeeper(TIERS, [PREMIUM, BASIC]);
  blocks.forEach(({ demand, goodput }, block) => {
    for (let second = block * BLOCK_SECONDS; second < (block + 1) * BLOCK_SECONDS; second++) {
      for (const tier of [PREMIUM, BASIC]) {
        keeper.demanded(attempt(tier, demand[tier] ?? 0, second + 0.5));
        keeper.served(attempt(tier, goodput[tier] ?? 0, second + 0.5));
      }
      keeper.closeSecond(second, CAPACITY);
    }
  });
  return keeper.result();
}

const CALM = { demand: [3, 3], goodput: [3, 3] } satisfies Parameters<typeof play>[0][number];
const BUSY = { demand: [8, 8], goodput: [4, 2] } satisfies Parameters<typeof play>[0][number];
const repeat = <T>(block: T, times: number): T[] => Array.from({ length: times }, () => block);

describe('stress', () => {
  it('never comes while demand stays within nine tenths of the capacity', () => {
    const scores = play(repeat({ ...CALM, demand: [6, 3] as [number, number] }, 5));
    expect(scores).toMatchObject({ stressSeconds: 0, stressRatio: 1, premiumWithinGuarantee: 1, jain: 1 });
  });

  it('lasts as long as demand exceeds them and two minutes more', () => {
    expect(play([CALM, CALM, BUSY, BUSY, ...repeat(CALM, 20)]).stressSeconds).toBe(20 + 120);
  });

  it('is counted from the last block of many', () => {
    expect(play([BUSY, ...repeat(CALM, 5), BUSY, ...repeat(CALM, 20)]).stressSeconds).toBe(60 + 10 + 120);
  });

  it('relates what was served to the omniscient shares, by weight, in stress alone', () => {
    const { stressRatio } = play([...repeat({ ...CALM, goodput: [0, 0] as [number, number] }, 3), ...repeat(BUSY, 4)]);
    expect(stressRatio).toBeCloseTo((4 * 4 + 2) / (4 * 8 + 2), 6);
  });

  it('holds against its guarantee the tier that plays premium, where other tiers are deployed', () => {
    const keeper = new BlockKeeper([{ ...TIERS[0], name: 'gold' }, TIERS[1]], [PREMIUM, BASIC], 'gold');
    for (let second = 0; second < BLOCK_SECONDS; second++) {
      keeper.demanded(attempt(PREMIUM, 20, second));
      keeper.served(attempt(PREMIUM, 2, second));
      keeper.closeSecond(second, CAPACITY);
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
    const keeper = new BlockKeeper(TIERS, [PREMIUM, BASIC]);
    for (let second = 0; second < 20; second++) {
      if (second < 10) keeper.demanded(attempt(PREMIUM, 12, second));
      if (second === 10) keeper.served(attempt(PREMIUM, 60, 9.9));
      keeper.closeSecond(second, CAPACITY);
    }
    const result = keeper.result();
    expect(result.stressRatio).toBe(0.6);
    // Asked again it settles nothing twice.
    expect(keeper.result()).toEqual(result);
  });

  it("rewards everybody's usual demand before excess, whichever requests of a key were served", () => {
    const keeper = new BlockKeeper(TIERS, [PREMIUM, PREMIUM, BASIC]);
    // Capacity 10, premium's floor 5. Key 0 runs away: 1 of its 100 units is usual.
    keeper.demanded(attempt(0, 1, 0, PREMIUM));
    keeper.demanded({ ...attempt(0, 99, 0, PREMIUM), isUsual: false });
    keeper.demanded(attempt(1, 3, 0, PREMIUM));
    keeper.demanded(attempt(2, 3, 0, BASIC));
    // Due are 5 and 3; of the 2 units left premium's excess gets all. The runaway is served 6, its neighbour 3, basic 1.
    keeper.served({ ...attempt(0, 6, 0, PREMIUM), isUsual: false });
    keeper.served(attempt(1, 3, 0, PREMIUM));
    keeper.served(attempt(2, 1, 0, BASIC));
    keeper.closeSecond(0, CAPACITY);
    expect(keeper.result().stressRatio).toBeCloseTo((4 * (5 + 2 / 20) + 1) / (4 * (5 + 2 / 20) + 3), 6);
  });

  it('takes the worst tier for how even it was', () => {
    const keeper = new BlockKeeper(TIERS, [PREMIUM, PREMIUM, BASIC, BASIC]);
    keeper.demanded(attempt(0, 10, 0, PREMIUM));
    keeper.demanded(attempt(1, 10, 0, PREMIUM));
    keeper.demanded(attempt(2, 10, 0, BASIC));
    keeper.demanded(attempt(3, 10, 0, BASIC));
    keeper.served(attempt(0, 5, 0, PREMIUM));
    keeper.served(attempt(1, 5, 0, PREMIUM));
    keeper.served(attempt(2, 8, 0, BASIC));
    keeper.closeSecond(0, CAPACITY);
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
