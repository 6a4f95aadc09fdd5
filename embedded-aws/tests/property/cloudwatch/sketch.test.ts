import * as fc from 'fast-check';
import { type Statistic, Statistics } from '../../../services/cloudwatch/metrics/statistics.ts';
import { decimal } from '../../support/even-decimal.ts';

const value = fc.oneof(decimal(1e-6, 1e9), decimal(-1e6, -1e-6), fc.constant(0));
const weighted = fc.array(fc.tuple(value, fc.integer({ min: 1, max: 50 })), { minLength: 1, maxLength: 200 });

/** The value below or at which `percent` of the weights lie, by sorting. */
function exactPercentile(values: readonly (readonly [number, number])[], percent: number): number {
  const sorted = [...values].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [each, count] of sorted) {
    seen += count;
    if (seen >= (percent / 100) * total) return each;
  }
  return Number.NaN;
}

function statisticsOf(values: readonly (readonly [number, number])[]): Statistics {
  const statistics = new Statistics(0);
  for (const [each, count] of values) statistics.add(each, count);
  return statistics;
}

const percentile = (percent: number): Statistic => ({ kind: 'percentile', percent });

describe('percentiles', () => {
  test('are within one per cent, weighted by counts', async () => {
    await fc.assert(
      fc.property(weighted, fc.integer({ min: 1, max: 99 }), (values, percent) => {
        const exact = exactPercentile(values, percent);
        const found = statisticsOf(values).value(percentile(percent)) ?? Number.NaN;
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.0101 * Math.abs(exact));
      }),
    );
  });

  test('of parts put together are those of the whole', async () => {
    await fc.assert(
      fc.property(weighted, weighted, fc.integer({ min: 1, max: 100 }), (left, right, percent) => {
        const merged = statisticsOf(left);
        merged.merge(statisticsOf(right));
        const whole = statisticsOf([...left, ...right]);
        expect(merged.value(percentile(percent))).toBe(whole.value(percentile(percent)));
        expect([merged.count, merged.min, merged.max]).toEqual([whole.count, whole.min, whole.max]);
      }),
    );
  });
});
