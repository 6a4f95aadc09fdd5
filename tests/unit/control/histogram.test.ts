import { addHistograms, percentileMs } from '../../../shared/law/telling/histogram.ts';
import { LATENCY_BOUNDS_MS } from '../../../shared/telemetry/window.ts';

test.each([
  [
    [1, 2],
    [10, 20, 30],
    [11, 22, 30],
  ],
  [
    [10, 20, 30],
    [1, 2],
    [11, 22, 30],
  ],
  [[], [5], [5]],
])('%j and %j are %j: a shorter histogram ends with zeros', (a, b, sum) => {
  expect(addHistograms(a, b)).toEqual(sum);
});

test.each([
  ['nobody answered', [], 90, undefined],
  ['only empty buckets', [0, 0, 0], 90, undefined],
  ['half of the first bucket, 0 to 10 ms', [10], 50, 5],
  ['a quarter of all lies half way into the second bucket, 10 to 20 ms', [50, 50], 75, 15],
  ['the end of the second bucket', [0, 10], 100, 20],
  ['the least latency there was is where the first bucket with answers begins', [0, 10], 0, 10],
  ['a rank at the end of a bucket is read there, not beyond the gap that follows', [50, 0, 50], 50, 10],
  ['one bucket after an empty one, 40 to 60 ms', [6, 0, 0, 4], 80, 50],
] as const)('%s', (_, counts, percentile, expected) => {
  expect(percentileMs(counts, percentile)).toBe(expected);
});

describe('the open last bucket', () => {
  const last = LATENCY_BOUNDS_MS.at(-1);

  test('answers with its lower bound', () => {
    const counts = [...LATENCY_BOUNDS_MS.map(() => 0), 3];
    expect(percentileMs(counts, 90)).toBe(last);
  });

  test('stands for a rank that rounding put beyond all answers', () => {
    const answers = 0.007;
    expect((answers * 100) / 100).toBeGreaterThan(answers);
    expect(percentileMs([answers], 100)).toBe(last);
  });
});
