import type { EpochMs } from '../platform/units.ts';
import { latencyBucket } from './access-log.ts';
import { type Cell, LATENCY_BOUNDS_MS, type Window } from './window.ts';
import { emptyCell, emptyWindow } from './windows.ts';

/** What CloudWatch says of one API stage and one minute. */
export interface MetricMinute {
  readonly requests: number;
  readonly throttled: number;
  readonly serverErrors: number;
  /** Of what reached the backend, in milliseconds; 0 when nothing did. */
  readonly latencyP90Ms: number;
  readonly latencyAverageMs: number;
}

/** The one tier and method of a metrics window. */
export const ALL = 'all';

/**
 * One minute of CloudWatch as a window. CloudWatch gives two figures of the latency and no histogram, so the window's
 * histogram is drawn through them: what is above the p90 sits in the p90's bucket, together with as much of the rest as
 * a reading on a straight line within that bucket needs to find the p90 again; the remainder lies in the bucket of the
 * average, or the next lower one. Only the p90 of such a histogram means anything.
 */
export function minuteWindow(startMs: EpochMs, minute: MetricMinute): Window {
  const window = emptyWindow(startMs, 'metrics', 60_000);
  if (!(minute.requests > 0)) return window;
  return { ...window, cells: { [ALL]: { [ALL]: minuteCell(minute) } } };
}

function minuteCell(minute: MetricMinute): Cell {
  const requests = Math.round(minute.requests);
  const throttled = Math.min(requests, Math.max(0, Math.round(minute.throttled)));
  const reached = requests - throttled;
  const latency = [...emptyCell().latency];
  const highBucket = latencyBucket(minute.latencyP90Ms);
  const lowBucket = Math.max(0, Math.min(highBucket - 1, latencyBucket(minute.latencyAverageMs)));
  const high = minute.latencyP90Ms > 0 ? aboveBucketFloor(minute.latencyP90Ms, highBucket, reached) : 0;
  latency[lowBucket] = minute.latencyP90Ms > 0 ? reached - high : 0;
  latency[highBucket] = (latency[highBucket] ?? 0) + high;
  return {
    ...emptyCell(),
    requests,
    throttled,
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
