import { admittedAt, waterLevel } from '../../../shared/law/allocation/water-level.ts';

const KEYS = [
  { rps: 40, count: 1, costPerRequest: 1 },
  { rps: 10, count: 2, costPerRequest: 4 },
  { rps: 0, count: 3, costPerRequest: 1 },
];

test.each([
  [0, 0],
  [45, 5],
  [90, 10],
  [100, 20],
  [119, 39],
])('a share of %d is met at a level of %d', (share, level) => {
  expect(waterLevel(share, KEYS)).toBeCloseTo(level, 9);
  expect(admittedAt(level, KEYS)).toBeCloseTo(share, 9);
});

test('where all that is asked for fits, exactly too, no level is needed', () => {
  expect(waterLevel(120, KEYS)).toBe(Number.POSITIVE_INFINITY);
  expect(waterLevel(121, KEYS)).toBe(Number.POSITIVE_INFINITY);
  expect(admittedAt(Number.POSITIVE_INFINITY, KEYS)).toBe(120);
});
