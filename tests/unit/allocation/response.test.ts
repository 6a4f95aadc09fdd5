import { responseOf, stageChanceOf } from '../../../shared/law/allocation/response.ts';

const key = (rps: number, count = 1, costPerRequest = 1) => ({ rps, count, costPerRequest });
const UNLIMITED = Number.POSITIVE_INFINITY;

describe('what keys come to under a limit', () => {
  test.each([
    // rps, level, attempts, chance at the stage; admitted, first attempts among them
    ['nothing binds', 10, UNLIMITED, 3, 1, 10, 10],
    ['a level above the demand binds nobody', 10, 12, 3, 1, 10, 10],
    ['who tries once loses what the level cuts', 10, 6, 1, 1, 6, 6],
    ['trimmed by 2 %, three tries: 27 % of the first attempts are lost', 100, 98, 3, 1, 98, 72.856],
    ['trimmed to half, three tries: 79 % are lost', 100, 50, 3, 1, 50, 20.63],
    ['a stage that refuses every second request, three tries', 100, UNLIMITED, 3, 0.5, 87.5, 50],
    ['a level behind a stage: the stage takes its part of it', 10, 8, 1, 0.5, 4, 4],
  ])('%s', (_, rps, levelRps, attempts, stageChance, admitted, first) => {
    const response = responseOf([key(rps)], levelRps, attempts, stageChance);
    expect(response.admitted).toBeCloseTo(admitted, 2);
    expect(response.first).toBeCloseTo(first, 2);
  });

  test('is the sum over keys, by number and cost', () => {
    const { admitted, first } = responseOf([key(10, 3, 4), key(2, 5)], 6, 1, 1);
    expect(admitted).toBeCloseTo(3 * 4 * 6 + 5 * 2, 6);
    expect(first).toBeCloseTo(82, 6);
    expect(responseOf([], 6, 3, 1)).toEqual({ admitted: 0, first: 0 });
  });
});

describe('the chance that a stage gives', () => {
  test('is 1 where all fits, exactly too', () => {
    expect(stageChanceOf(100, (chance) => 100 * chance)).toBe(1);
    expect(stageChanceOf(101, (chance) => 100 * chance)).toBe(1);
  });

  test('is what passes the total and no more', () => {
    expect(stageChanceOf(40, (chance) => 100 * chance)).toBeCloseTo(0.4, 3);
    expect(100 * stageChanceOf(40, (chance) => 100 * chance)).toBeLessThanOrEqual(40);
    expect(stageChanceOf(50, (chance) => 100 * (1 - (1 - chance) ** 2))).toBeCloseTo(1 - Math.SQRT1_2, 3);
  });
});
