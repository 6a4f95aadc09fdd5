import { refusedAt } from './trace-error.ts';
import type { TraceRow } from './trace-rows.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Between rows that are farther apart nothing was recorded that could be replayed; a wrong month or year is likelier. */
const WEEK_MS = 7 * DAY_MS;
/** A largest value so many times the usual one leaves nothing of the rest once it is scaled to the peak. */
const ABSURD_RATIO = 1e6;

/** The usual distance between two rows, milliseconds: the lower median, for rows may be missing. */
export function usualStepMs(rows: readonly TraceRow[]): number | undefined {
  return lowerMedian(distances(rows).filter((distanceMs) => distanceMs > 0));
}

/**
 * Refuses times that can be read in more than one way, that do not go forward, or that no recording has.
 * @returns the one row that repeats the hour before it, as an hourly log of a clock that is set back does
 * @throws TraceError naming the first such line
 */
export function checkTimes(rows: readonly TraceRow[]): TraceRow | undefined {
  checkOffsets(rows);
  const isNewestFirst = distances(rows).every((distanceMs) => distanceMs < 0);
  const repeats = rows.filter((row, index) => {
    const before = rows[index - 1];
    if (!before) return false;
    if (row.timeMs < before.timeMs) throw isNewestFirst ? newestFirst(row) : goesBack(row, before);
    if (row.timeMs - before.timeMs > WEEK_MS) throw tooFar(row, before);
    return row.timeMs === before.timeMs;
  });
  const [repeat, another] = repeats;
  if (repeat && (another || usualStepMs(rows) !== HOUR_MS)) throw twice(repeat);
  return repeat;
}

/** @throws TraceError when one value is so large that the replay would show nothing else. */
export function checkValues(rows: readonly TraceRow[]): void {
  const usual = lowerMedian(rows.flatMap(({ value = 0 }) => (value > 0 ? [value] : [])));
  const absurd = rows.find(({ value = 0 }) => usual !== undefined && value > ABSURD_RATIO * usual);
  if (!absurd) return;
  throw refusedAt(
    absurd.line,
    `the value ${absurd.value} is more than a million times the usual ${usual}. Correct it, or leave the cell empty.`,
  );
}

const distances = (rows: readonly TraceRow[]): number[] =>
  rows.slice(1).map(({ timeMs }, index) => timeMs - (rows[index]?.timeMs ?? timeMs));

function lowerMedian(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[(numbers.length - 1) >> 1];
}

function checkOffsets(rows: readonly TraceRow[]): void {
  const other = rows.find(({ hasOffset }) => hasOffset !== rows[0]?.hasOffset);
  if (!other) return;
  const [found, expected] = other.hasOffset ? ['an offset', 'none'] : ['no offset', 'one'];
  throw refusedAt(
    other.line,
    `${other.timestamp} names ${found} from UTC, the rows before name ${expected}. Write all times alike, with a Z if they are in UTC.`,
  );
}

const newestFirst = ({ line }: TraceRow) =>
  refusedAt(line, 'the rows run from the newest to the oldest. Sort them by time, the oldest first.');

const goesBack = ({ line, timestamp }: TraceRow, before: TraceRow) =>
  refusedAt(
    line,
    `time goes back from ${before.timestamp} to ${timestamp}. Of several series in the file keep one; write the times of a clock that was set back in UTC; otherwise sort the rows by time.`,
  );

const twice = ({ line, timestamp }: TraceRow) =>
  refusedAt(
    line,
    `the row before has the same time, ${timestamp}. Of several series in the file keep one, or add their values up.`,
  );

const tooFar = ({ line, timestamp, timeMs }: TraceRow, before: TraceRow) =>
  refusedAt(
    line,
    `${timestamp} is ${Math.round((timeMs - before.timeMs) / DAY_MS)} days after ${before.timestamp}, the row before; rows may be seven days apart at most. Correct or delete the row that is wrong.`,
  );
