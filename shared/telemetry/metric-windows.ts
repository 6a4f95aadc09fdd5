import type { EpochMs } from '../platform/units.ts';
import { latencyBucket } from './access-log.ts';
import type { Cell, Window } from './window.ts';
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
 * histogram is drawn through them: of what reached the backend, nine tenths lie in the bucket of the average (or of
 * the p90, where that is lower) and one tenth in the bucket of the p90. The p90 read from it is then the p90's bucket
 * whenever it differs from the average's; no other quantile of it means anything.
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
  const lowBucket = Math.min(highBucket, latencyBucket(minute.latencyAverageMs));
  // More than a tenth, by one, so that the 90th percentile falls into the high bucket however it is rounded.
  const high = minute.latencyP90Ms > 0 ? Math.min(reached, Math.ceil(reached / 10) + 1) : 0;
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
