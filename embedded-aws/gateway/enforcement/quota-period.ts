import type { EpochMs } from '../../kernel/quantities.ts';

export const DAY_MS = 86_400_000;

/** 1970-01-04 was a Sunday. AWS does not say on which day a WEEK begins; Sunday, 00:00 UTC, is assumed here. */
const FIRST_SUNDAY_MS = 3 * DAY_MS;

/** The UTC day, week or month that `nowMs` lies in: from `startMs` until before `endMs`. */
export function quotaPeriod(period: string, nowMs: EpochMs): { startMs: EpochMs; endMs: EpochMs } {
  if (period === 'MONTH') {
    const now = new Date(nowMs);
    const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
    return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
  }
  const lengthMs = period === 'WEEK' ? 7 * DAY_MS : DAY_MS;
  const offsetMs = period === 'WEEK' ? FIRST_SUNDAY_MS : 0;
  const startMs = Math.floor((nowMs - offsetMs) / lengthMs) * lengthMs + offsetMs;
  return { startMs, endMs: startMs + lengthMs };
}
