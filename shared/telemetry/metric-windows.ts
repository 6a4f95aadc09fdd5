import { type MethodKey, STAGE_DEFAULT } from '../limits/method-key.ts';
import type { EpochMs } from '../platform/units.ts';
import { latencyBucket } from './access-log.ts';
import { ALL, type Cell, LATENCY_BOUNDS_MS, type Window } from './window.ts';
import { emptyCell, emptyWindow } from './windows.ts';

/** CloudWatch's counts for one minute of one method. */
export interface MethodMinute {
  readonly requests: number;
  /** Requests answered by the backend: those with an integration latency. CloudWatch does not say who refused the others. */
  readonly answered: number;
  readonly serverErrors: number;
}

/** CloudWatch's data on one minute of a whole API stage. */
export interface MetricMinute extends MethodMinute {
  /** Latency of the requests that reached the backend, in milliseconds; 0 if none did. */
  readonly latencyP90Ms: number;
  readonly latencyAverageMs: number;
}

/**
 * Converts one minute of CloudWatch into a window: the named methods, and all others as one. CloudWatch counts refused
 * requests only among all requests, without the reason, so they count as throttled. CloudWatch gives two figures of the
 * latency and no histogram, so the window's histogram is built from them: all answers above the p90 are in the p90's bucket,
 * with as many others as linear interpolation within that bucket needs to reproduce the p90; the remainder is in the bucket
 * of the average, or the next lower one. Only the p90 of the histogram is meaningful.
 */
export function minuteWindow(
  startMs: EpochMs,
  stage: MetricMinute,
  methods: Readonly<Record<MethodKey, MethodMinute>> = {},
): Window {
  const window = emptyWindow(startMs, 'metrics', 60_000);
  if (!(stage.requests > 0)) return window;
  const named = Object.entries(methods).filter(([, minute]) => minute.requests > 0);
  const others = withoutMethods(
    stage,
    named.map(([, minute]) => minute),
  );
  const minutes = others.requests > 0 ? [...named, [STAGE_DEFAULT, others] as const] : named;
  // All methods share one latency, because only the whole stage's latency is judged.
  const cells = minutes.map(([method, minute]) => [method, minuteCell({ ...stage, ...minute })] as const);
  return { ...window, cells: { [ALL]: Object.fromEntries(cells) } };
}

/** A stage's minute less the methods with counts of their own. */
function withoutMethods(stage: MethodMinute, named: readonly MethodMinute[]): MethodMinute {
  const left = (of: (minute: MethodMinute) => number) =>
    Math.max(0, of(stage) - named.reduce((sum, minute) => sum + of(minute), 0));
  return {
    requests: left(({ requests }) => requests),
    answered: left(({ answered }) => answered),
    serverErrors: left(({ serverErrors }) => serverErrors),
  };
}

function minuteCell(minute: MetricMinute): Cell {
  const requests = Math.round(minute.requests);
  const reached = Math.min(requests, Math.max(0, Math.round(minute.answered)));
  const latency = [...emptyCell().latency];
  const highBucket = latencyBucket(minute.latencyP90Ms);
  const lowBucket = Math.max(0, Math.min(highBucket - 1, latencyBucket(minute.latencyAverageMs)));
  const high = minute.latencyP90Ms > 0 ? aboveBucketFloor(minute.latencyP90Ms, highBucket, reached) : 0;
  latency[lowBucket] = minute.latencyP90Ms > 0 ? reached - high : 0;
  latency[highBucket] = (latency[highBucket] ?? 0) + high;
  return {
    ...emptyCell(),
    requests,
    throttled: requests - reached,
    serverErrors: Math.min(reached, Math.max(0, Math.round(minute.serverErrors))),
    latency,
  };
}

/** How many of `reached` answers to put into the p90's bucket, so that its p90 is read a part `within` into the bucket. */
function aboveBucketFloor(latencyP90Ms: number, bucket: number, reached: number): number {
  const floorMs = LATENCY_BOUNDS_MS[bucket - 1] ?? 0;
  const within = (latencyP90Ms - floorMs) / ((LATENCY_BOUNDS_MS[bucket] ?? latencyP90Ms) - floorMs);
  return Math.min(reached, Math.ceil((reached * 0.1) / (1 - Math.min(0.9, Math.max(0, within)))));
}
