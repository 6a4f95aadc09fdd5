import type { EpochMs } from '../platform/units.ts';
import type { Window } from './window.ts';

/** One minute as counted by AWS and as shown by the access log. */
export interface MinuteCount {
  readonly startMs: EpochMs;
  /** Requests by AWS's `Count`; undefined if the count is missing or impossible. */
  readonly counted: number | undefined;
  /** Requests by our metrics of the access log. */
  readonly logged: number;
}

/** The judgement on a log that may be silent, late, or missing lines. */
export interface Heartbeat {
  readonly kind: 'traffic' | 'idle' | 'unknown';
  /** Until when log and count agree that no line is missing. */
  readonly accountedUntilMs: EpochMs;
}

/** The largest difference between log and count at which the log is believed. */
export interface Tolerance {
  readonly countToleranceShare: number;
  readonly countToleranceRequests: number;
  /** A window with a line that arrived this much later than its event is late, in milliseconds. */
  readonly lateMs: number;
}

const MINUTE_MS = 60_000;

/**
 * Compares the log with AWS's own count: requests without log lines mean that the log is not delivered; no requests mean that
 * the API is idle.
 * @param minutes consecutive minutes, oldest first
 * @param logEndMs end of the newest window of the log
 */
export function heartbeatOf(minutes: readonly MinuteCount[], logEndMs: EpochMs, tolerance: Tolerance): Heartbeat {
  const contradiction = contradictionOf(minutes, tolerance);
  if (contradiction) return { kind: 'traffic', accountedUntilMs: contradiction.sinceMs };
  const silent = minutes.filter((minute) => minute.startMs >= logEndMs);
  const newest = silent.findLast(({ counted }) => counted !== undefined);
  if (!newest) return { kind: 'unknown', accountedUntilMs: logEndMs };
  if (newest.counted === 0) return { kind: 'idle', accountedUntilMs: newest.startMs + MINUTE_MS };
  const lastIdle = silent.findLast(({ startMs, counted }) => startMs < newest.startMs && counted === 0);
  const firstMs = silent[0]?.startMs ?? newest.startMs;
  return { kind: 'traffic', accountedUntilMs: lastIdle ? lastIdle.startMs + MINUTE_MS : firstMs };
}

/** Marks the windows that are not trustworthy with the reason. */
export function withDoubts(
  windows: readonly Window[],
  minutes: readonly MinuteCount[],
  tolerance: Tolerance,
): readonly Window[] {
  const contradiction = contradictionOf(minutes, tolerance);
  const byStart = new Map(minutes.map((minute) => [minute.startMs, minute]));
  return windows.map((window) => {
    if (window.source !== 'logs' || window.doubt !== undefined) return window;
    const minute = byStart.get(window.startMs - (window.startMs % MINUTE_MS));
    const doubt = contradiction?.why ?? lateness(window, tolerance) ?? gapDoubt(window, minute);
    return doubt === undefined ? window : { ...window, doubt };
  });
}

function lateness({ lagMs }: Window, { lateMs }: Tolerance): string | undefined {
  return lagMs > lateMs ? `the log was ${Math.round(lagMs / 1000)} s late` : undefined;
}

/** An empty window between two windows with lines is idle, unless AWS counted requests that the log does not show. */
function gapDoubt({ cells }: Window, minute: MinuteCount | undefined): string | undefined {
  const isEmpty = Object.keys(cells).length === 0;
  if (!isEmpty || minute === undefined || !minute.counted || minute.logged > 0) return undefined;
  return `the log shows nothing where AWS counted ${minute.counted} requests a minute`;
}

interface Contradiction {
  readonly why: string;
  /** Start of the run of contradicting minutes at the end. */
  readonly sinceMs: EpochMs;
}

/** The objection of the newest comparable minute against the log, and thus against its present windows. */
function contradictionOf(minutes: readonly MinuteCount[], tolerance: Tolerance): Contradiction | undefined {
  let found: Contradiction | undefined;
  for (let index = 1; index < minutes.length - 1; index++) {
    const neighbours = minutes.slice(index - 1, index + 2).map(({ counted }) => counted);
    const minute = minutes[index];
    if (minute === undefined || !neighbours.every((counted) => counted !== undefined)) continue;
    const why = disagreement(minute, neighbours, tolerance);
    found = why === undefined ? undefined : { why, sinceMs: found?.sinceMs ?? minute.startMs };
  }
  return found;
}

/** A line is written when its answer is sent, so a request may count in the next minute; neighbouring minutes widen the range. */
function disagreement(
  { counted, logged }: MinuteCount,
  neighbours: readonly number[],
  { countToleranceShare, countToleranceRequests }: Tolerance,
): string | undefined {
  const least = Math.min(...neighbours) * (1 - countToleranceShare) - countToleranceRequests;
  const most = Math.max(...neighbours) * (1 + countToleranceShare) + countToleranceRequests;
  if (logged >= least && logged <= most) return undefined;
  return `the log shows ${logged} requests of a minute, AWS counted ${counted}`;
}
