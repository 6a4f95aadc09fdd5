import type { EpochMs } from '../../platform/units.ts';
import type { Cell, Window } from '../../telemetry/window.ts';

/** A window from further ahead than this is a broken clock, not news. */
const CLOCK_SKEW_MS = 60_000;

export interface Intake {
  /** Windows to believe, oldest first, all of one source. */
  readonly windows: readonly Window[];
  /** Why others were not, one clause each. */
  readonly rejected: readonly string[];
}

/** Up to when windows were taken in so far, and those of the log. */
export interface Heard {
  readonly lastWindowEndMs: EpochMs;
  readonly lastLogEndMs: EpochMs;
}

/**
 * The windows of this tick that may be believed: sane, new, of the log where the log speaks. Minute metrics are
 * heard only when the log has been silent for `blindAfterMs`, for where both exist the metrics are older news.
 */
export function takeIn(windows: readonly Window[], memory: Heard, now: EpochMs, blindAfterMs: number): Intake {
  const rejected: string[] = [];
  const usable: Window[] = [];
  let seenUntilMs = memory.lastWindowEndMs;
  for (const window of windows) {
    const reason = problemOf(window, now);
    if (reason === undefined) usable.push(window);
    else rejected.push(reason);
  }
  usable.sort((a, b) => a.startMs - b.startMs);
  const logs = usable.filter((window) => window.source === 'logs');
  const isLogSilent = logs.length === 0 && now - memory.lastLogEndMs > blindAfterMs;
  const chosen = isLogSilent ? usable : logs;
  const fresh = chosen.filter((window) => {
    const isNew = window.startMs >= seenUntilMs;
    if (isNew) seenUntilMs = window.startMs + window.lengthMs;
    else rejected.push('a window that was seen before');
    return isNew;
  });
  return { windows: fresh, rejected };
}

function problemOf(window: Window, now: EpochMs): string | undefined {
  if (window.doubt !== undefined) return window.doubt;
  if (!(Number.isFinite(window.startMs) && window.lengthMs > 0 && Number.isFinite(window.lengthMs))) {
    return 'a window without a length';
  }
  if (window.startMs + window.lengthMs > now + CLOCK_SKEW_MS) return 'a window from the future';
  const cells = Object.values(window.cells).flatMap((methods) => Object.values(methods));
  if (!cells.every(isSane)) return 'a window whose counts contradict each other';
  return undefined;
}

function isSane(cell: Cell): boolean {
  const counts = [cell.requests, cell.throttled, cell.quotaExceeded, cell.refused, cell.serverErrors, ...cell.latency];
  if (!counts.every((count) => Number.isFinite(count) && count >= 0)) return false;
  return cell.throttled + cell.quotaExceeded + cell.refused <= cell.requests * 1.001 + 1;
}
