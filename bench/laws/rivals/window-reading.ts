import type { MethodKey } from '../../../shared/limits/method-key.ts';
import type { CostUnitsPerSecond } from '../../../shared/platform/units.ts';
import type { Policy } from '../../../shared/policy/schema/policy-schema.ts';
import { type Cell, LATENCY_BOUNDS_MS, type Window } from '../../../shared/telemetry/window.ts';

/** One window as the published laws look at it: rates in cost units per second, latencies of what reached the backend. */
export interface Reading {
  readonly seconds: number;
  readonly offeredCups: CostUnitsPerSecond;
  readonly admittedCups: CostUnitsPerSecond;
  /** Answered without a server error, late or not. */
  readonly completedCups: CostUnitsPerSecond;
  readonly errorShare: number;
  readonly meanMs: number;
  percentileMs(percentile: number): number;
  /** Each method's share of the cost offered. */
  readonly costShares: Readonly<Record<MethodKey, number>>;
}

/** Undefined for a window in which nothing reached the backend. */
export function readingOf(window: Window, policy: Policy): Reading | undefined {
  const seconds = window.lengthMs / 1000;
  const histogram = new Array<number>(LATENCY_BOUNDS_MS.length).fill(0);
  const costs: Record<MethodKey, number> = {};
  const sums = { offered: 0, admitted: 0, completed: 0, answers: 0, errors: 0 };
  for (const methods of Object.values(window.cells)) {
    for (const [method, cell] of Object.entries(methods)) {
      const cost = (policy.methodCost[method] ?? 1) / seconds;
      addCell(sums, cell, cost);
      costs[method] = (costs[method] ?? 0) + cell.requests * cost;
      cell.latency.forEach((count, bucket) => {
        histogram[bucket] = (histogram[bucket] ?? 0) + count;
      });
    }
  }
  if (sums.answers === 0) return undefined;
  return {
    seconds,
    offeredCups: sums.offered,
    admittedCups: sums.admitted,
    completedCups: sums.completed,
    errorShare: sums.errors / sums.answers,
    meanMs: meanOf(histogram),
    percentileMs: (percentile) => percentileOf(histogram, percentile),
    costShares: Object.fromEntries(Object.entries(costs).map(([method, cups]) => [method, cups / sums.offered])),
  };
}

interface Sums {
  offered: number;
  admitted: number;
  completed: number;
  answers: number;
  errors: number;
}

function addCell(sums: Sums, cell: Cell, cost: number): void {
  const admitted = cell.requests - cell.throttled - cell.quotaExceeded - cell.refused;
  sums.offered += (cell.requests - cell.quotaExceeded - cell.refused) * cost;
  sums.admitted += admitted * cost;
  sums.completed += (admitted - cell.serverErrors) * cost;
  sums.answers += admitted;
  sums.errors += cell.serverErrors;
}

const middleMs = (bucket: number) => ((LATENCY_BOUNDS_MS[bucket - 1] ?? 0) + (LATENCY_BOUNDS_MS[bucket] ?? 0)) / 2;

function meanOf(histogram: readonly number[]): number {
  const count = histogram.reduce((sum, value) => sum + value, 0);
  return histogram.reduce((sum, value, bucket) => sum + value * middleMs(bucket), 0) / Math.max(1, count);
}

/** On a straight line within the bucket that it falls into. */
function percentileOf(histogram: readonly number[], percentile: number): number {
  const wanted = (histogram.reduce((sum, value) => sum + value, 0) * percentile) / 100;
  let seen = 0;
  for (const [bucket, count] of histogram.entries()) {
    if (count > 0 && seen + count >= wanted) {
      const from = LATENCY_BOUNDS_MS[bucket - 1] ?? 0;
      return from + (((LATENCY_BOUNDS_MS[bucket] ?? from) - from) * (wanted - seen)) / count;
    }
    seen += count;
  }
  return LATENCY_BOUNDS_MS.at(-1) ?? 0;
}
