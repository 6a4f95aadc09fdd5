import { type MethodKey, STAGE_DEFAULT } from '../limits/method-key.ts';
import type { EpochMs } from '../platform/units.ts';
import { latencyBucket } from './access-log.ts';
import { ALL, type Cell, LATENCY_BOUNDS_MS, type Window } from './window.ts';
import { emptyCell, emptyWindow } from './windows.ts';

/** What CloudWatch counts in one minute of one method. */
export interface MethodMinute {
  readonly requests: number;
  /** Answered by the backend: as many as have an integration latency. The others were refused, by whom is not told. */
  readonly answered: number;
  readonly serverErrors: number;
}

/** What CloudWatch says of one minute of a whole API stage. */
export interface MetricMinute extends MethodMinute {
  /** Of what reached the backend, in milliseconds; 0 when nothing did. */
  readonly latencyP90Ms: number;
  readonly latencyAverageMs: number;
}

/**
 * One minute of CloudWatch as a window: the named methods, and all others as one. CloudWatch counts the refused only in
 * with all requests, and does not say who refused them; they count as throttled. CloudWatch gives two figures of the latency and no histogram, so the window's
 * histogram is drawn through them: what is above the p90 sits in the p90's bucket, together with as much of the rest as
 * a reading on a straight line within that bucket needs to find the p90 again; the remainder lies in the bucket of the
 * average, or the next lower one. Only the p90 of such a histogram means anything.
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
  // One latency for all: only that of the whole stage is judged.
  const cells = minutes.map(([method, minute]) => [method, minuteCell({ ...stage, ...minute })] as const);
  return { ...window, cells: { [ALL]: Object.fromEntries(cells) } };
}

/** What is left of a stage's minute without the methods that are known by name. */
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
