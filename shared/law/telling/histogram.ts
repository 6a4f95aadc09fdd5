import { LATENCY_BOUNDS_MS } from '../../telemetry/window.ts';

/** Adds counts bucket by bucket; a shorter histogram counts as zeros beyond its end. */
export function addHistograms(a: readonly number[], b: readonly number[]): number[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, index) => (a[index] ?? 0) + (b[index] ?? 0));
}

/**
 * The latency below which `percentile` per cent of the answers lie, in milliseconds, read on a straight line within
 * its bucket. The open last bucket answers with its lower bound. Undefined without answers.
 */
export function percentileMs(counts: readonly number[], percentile: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return undefined;
  const rank = (total * percentile) / 100;
  let below = 0;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const lower = LATENCY_BOUNDS_MS[index - 1] ?? 0;
      const upper = LATENCY_BOUNDS_MS[index] ?? lower;
      return lower + ((upper - lower) * (rank - below)) / count;
    }
    below += count;
  }
  return LATENCY_BOUNDS_MS.at(-1);
}
