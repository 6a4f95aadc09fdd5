import { Statistics } from './statistics.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const FIVE_MINUTES_MS = 5 * MINUTE_MS;

/** How long values stay as fine as they came, as minutes with percentiles, and as five minutes without. */
const KEEP_FINE_MS = 3 * HOUR_MS;
const KEEP_MINUTES_MS = 12 * HOUR_MS;
const KEEP_FIVES_MS = 15 * 24 * HOUR_MS;

/** The values of one metric in one unit over time. Old ones are condensed, so that memory stays flat. */
export class Series {
  private fine: Statistics[] = [];
  private minutes: Statistics[] = [];
  private fives: Statistics[] = [];

  /** The interval that begins at `startMs`, made when it is not there yet. */
  at(startMs: number): Statistics {
    return intervalAt(this.fine, startMs);
  }

  /** Intervals that begin in [fromMs, toMs), oldest first. */
  range(fromMs: number, toMs: number): Statistics[] {
    return [this.fives, this.minutes, this.fine].flatMap((level) =>
      level.slice(lowerBound(level, fromMs), lowerBound(level, toMs)),
    );
  }

  condense(nowMs: number): void {
    this.fine = condenseLevel(this.fine, this.minutes, nowMs - KEEP_FINE_MS, MINUTE_MS);
    const movedFrom = this.fives.length;
    this.minutes = condenseLevel(this.minutes, this.fives, nowMs - KEEP_MINUTES_MS, FIVE_MINUTES_MS);
    for (const interval of this.fives.slice(Math.max(0, movedFrom - 1))) interval.dropValues();
    this.fives.splice(0, lowerBound(this.fives, nowMs - KEEP_FIVES_MS));
  }

  get isEmpty(): boolean {
    return this.fine.length + this.minutes.length + this.fives.length === 0;
  }
}

/** Moves what is older than `beforeMs` into coarser intervals. @returns what stays. */
function condenseLevel(from: Statistics[], to: Statistics[], beforeMs: number, lengthMs: number): Statistics[] {
  const end = lowerBound(from, Math.floor(beforeMs / lengthMs) * lengthMs);
  if (end === 0) return from;
  for (const interval of from.slice(0, end)) {
    intervalAt(to, Math.floor(interval.startMs / lengthMs) * lengthMs).merge(interval);
  }
  return from.slice(end);
}

/** Intervals are sorted, and nearly all values belong to the last one or two. */
function intervalAt(intervals: Statistics[], startMs: number): Statistics {
  let index = intervals.length;
  for (let last = intervals[index - 1]; last && last.startMs >= startMs; last = intervals[index - 1]) {
    if (last.startMs === startMs) return last;
    index--;
  }
  const interval = new Statistics(startMs);
  intervals.splice(index, 0, interval);
  return interval;
}

function lowerBound(intervals: readonly Statistics[], startMs: number): number {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((intervals[middle]?.startMs ?? 0) < startMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
