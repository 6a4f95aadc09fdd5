import type { Rps } from '../../../shared/platform/units.ts';
import type { RateFunction } from './rate.ts';
import { checkTimes, checkValues, usualStepMs } from './trace-checks.ts';
import { TraceError } from './trace-error.ts';
import type { TraceReading } from './trace-reading.ts';
import { type TraceRow, traceRows } from './trace-rows.ts';

export { TraceError };

/** A recorded series: the count of the step that begins at each instant. */
export interface Trace {
  /** Seconds since the first row, ascending. */
  readonly seconds: readonly number[];
  readonly values: readonly number[];
  /** The usual distance between two rows, seconds: the median, for rows may be missing. */
  readonly stepSeconds: number;
  /** From the first row to the end of the last row's step. */
  readonly lengthSeconds: number;
}

/** A trace with an account of how it was read. */
export interface RecordedTrace extends Trace {
  readonly reading: TraceReading;
}

/** Rows that are farther apart than so many steps have a gap between them. */
const GAP_STEPS = 1.5;

/**
 * Reads CSV (RFC 4180) with the columns `timestamp` (ISO 8601, ascending, rows at most a week apart) and `value` (>= 0, or
 * empty where nothing was recorded) in any place.
 * @throws TraceError naming the line, what was found, and what to write, for whatever is wrong, ambiguous or absurd.
 */
export function parseTrace(csv: string): RecordedTrace {
  const { rows, blankRows, unusedColumns } = traceRows(csv);
  const repeat = checkTimes(rows);
  checkValues(rows);
  const kept = rows.filter((row): row is TraceRow & { value: number } => row !== repeat && row.value !== undefined);
  const [first, last] = [kept[0], kept.at(-1)];
  if (!first || !last || kept.length < 2) {
    throw new TraceError(
      `Expected at least two rows with a value, found ${kept.length}. Fix: export a longer span, or fill the column "value".`,
    );
  }
  if (kept.every(({ value }) => value === 0)) {
    throw new TraceError('Every value is 0: there is no traffic to replay. Fix: export a span with traffic.');
  }
  const stepSeconds = (usualStepMs(rows) ?? 0) / 1000;
  const seconds = kept.map(({ timeMs }) => (timeMs - first.timeMs) / 1000);
  const values = kept.map(({ value }) => value);
  const reading = {
    rows: kept.length,
    firstMs: first.timeMs,
    lastMs: last.timeMs,
    stepSeconds,
    smallest: values.reduce((least, value) => Math.min(least, value)),
    largest: values.reduce((most, value) => Math.max(most, value)),
    gaps: gapsOf(kept, stepSeconds),
    emptyRows: blankRows + rows.filter(({ value }) => value === undefined).length,
    repeatedLine: repeat?.line,
    hasOffsets: first.hasOffset,
    unusedColumns,
  };
  return { seconds, values, stepSeconds, lengthSeconds: (seconds.at(-1) ?? 0) + stepSeconds, reading };
}

function gapsOf(rows: readonly TraceRow[], stepSeconds: number): TraceReading['gaps'] {
  return rows.slice(1).flatMap(({ line, timeMs }, index) => {
    const seconds = (timeMs - (rows[index]?.timeMs ?? timeMs)) / 1000;
    return seconds > GAP_STEPS * stepSeconds ? [{ seconds, line }] : [];
  });
}

/**
 * Replays a trace scaled so that its largest value becomes `peakRps`. A value stands in the middle of its step; between
 * the middles the rate goes in straight lines, and a gap in the recording is bridged the same way.
 */
export function replay(trace: Trace, peakRps: Rps): RateFunction {
  const largest = trace.values.reduce((most, value) => Math.max(most, value), 0);
  const factor = largest > 0 ? peakRps / largest : 0;
  const middles = trace.seconds.map((second) => second + trace.stepSeconds / 2);
  let cursor = 0; // A cache of the last look-up: the result depends on `seconds` alone.
  return (seconds) => {
    while (cursor > 0 && (middles[cursor] ?? 0) > seconds) cursor--;
    while ((middles[cursor + 1] ?? Number.POSITIVE_INFINITY) <= seconds) cursor++;
    const [from, to] = [middles[cursor] ?? 0, middles[cursor + 1]];
    const value = trace.values[cursor] ?? 0;
    if (to === undefined || seconds <= from) return value * factor;
    const next = trace.values[cursor + 1] ?? value;
    return (value + ((next - value) * (seconds - from)) / (to - from)) * factor;
  };
}
