import { bestLevels, type LevelClaim } from '../../../shared/law/next/giving/usual-levels.ts';

const claim = (change: Partial<LevelClaim> & Pick<LevelClaim, 'tier' | 'keys'>): LevelClaim => ({
  attempts: 1,
  floor: 0,
  share: 1000,
  weight: 1,
  rank: 1,
  restingRps: 1000,
  ...change,
});
const key = (rps: number, usualRps: number, count = 1) => ({ rps, usualRps, count, cost: 1 });

describe('the levels of the plans', () => {
  test("nobody pays for a runaway key's surge, whatever its tier weighs", () => {
    const levels = bestLevels(100, [
      claim({ tier: 'premium', weight: 4, keys: [key(2, 2, 20), key(500, 2)] }),
      claim({ tier: 'basic', keys: [key(1, 1, 40)] }),
    ]);
    expect(levels.basic).toBe(Number.POSITIVE_INFINITY);
    expect(levels.premium).toBeGreaterThanOrEqual(2);
    expect(levels.premium).toBeLessThan(25);
  });

  test('what is usual for the heavier tier comes first where not all of it fits', () => {
    const levels = bestLevels(50, [
      claim({ tier: 'premium', weight: 4, keys: [key(2, 2, 20)] }),
      claim({ tier: 'basic', keys: [key(1, 1, 40)] }),
    ]);
    expect(levels.premium).toBe(Number.POSITIVE_INFINITY);
    expect(levels.basic).toBeLessThan(0.5);
  });

  test("a tier's floor is kept even then", () => {
    const levels = bestLevels(50, [
      claim({ tier: 'premium', weight: 4, keys: [key(2, 2, 20)] }),
      claim({ tier: 'basic', floor: 20, keys: [key(1, 1, 40)] }),
    ]);
    expect(levels.basic).toBeGreaterThanOrEqual(0.45);
  });
});
