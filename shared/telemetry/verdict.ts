import type { EpochMs } from '../platform/units.ts';
import type { Window } from './window.ts';

/** One minute as AWS counted it, beside what the access log showed of it. */
export interface MinuteCount {
  readonly startMs: EpochMs;
  /** Requests by AWS's own `Count`; undefined while AWS has not said, or said what cannot be. */
  readonly counted: number | undefined;
  /** Requests by our metrics of the access log. */
  readonly logged: number;
}

/** What the minutes say of a log that may be silent, late, or missing lines. */
export interface Heartbeat {
  readonly kind: 'traffic' | 'idle' | 'unknown';
  /** Up to when log and count agree that nothing is missing. */
  readonly accountedUntilMs: EpochMs;
}

/** How far log and count may be apart before the log is doubted. */
export interface Tolerance {
  readonly countToleranceShare: number;
  readonly countToleranceRequests: number;
  /** A window that holds a line this much later than its event is late, in milliseconds. */
  readonly lateMs: number;
}

const MINUTE_MS = 60_000;

/**
 * AWS's own count is the heartbeat of the telemetry: requests without a line mean that the log does not reach us, no
 * requests mean that there is nothing to reach us.
 * @param minutes one after the other, oldest first
 * @param logEndMs up to when the log has spoken
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

/** The same windows; those that nobody may learn or decide from with the reason why. */
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

/** A window without a line, between two that have some, is idle, unless AWS counted what the log never showed. */
function gapDoubt({ cells }: Window, minute: MinuteCount | undefined): string | undefined {
  const isEmpty = Object.keys(cells).length === 0;
  if (!isEmpty || minute === undefined || !minute.counted || minute.logged > 0) return undefined;
  return `the log shows nothing where AWS counted ${minute.counted} requests a minute`;
}

interface Contradiction {
  readonly why: string;
  /** Start of the first of the newest minutes in a row that contradict. */
  readonly sinceMs: EpochMs;
}

/** What the newest minute that can be compared says against the log, and so against what it delivers now. */
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

/** A line is written when its answer is sent, so a request may count in the next minute: neighbours widen the range. */
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
