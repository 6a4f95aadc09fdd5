import type { Rps } from '../../../shared/platform/units.ts';
import type { RateFunction } from './rate.ts';

/** A recorded series: what was counted in the step that begins at each instant. */
export interface Trace {
  /** Seconds since the first row, ascending. */
  readonly seconds: readonly number[];
  readonly values: readonly number[];
  /** The usual distance between two rows, seconds: the median, for rows may be missing. */
  readonly stepSeconds: number;
  /** From the first row to the end of the last row's step. */
  readonly lengthSeconds: number;
}

/** The input cannot be replayed; the message says where and why. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}

/**
 * Reads CSV with the columns `timestamp` (ISO 8601) and `value` (>= 0) in any place; rows without a value are skipped,
 * and so are rows that do not advance in time (a clock set back).
 * @throws TraceError naming the line, what was expected and what was found.
 */
export function parseTrace(csv: string): Trace {
  const [header = '', ...lines] = csv.split(/\r?\n/);
  const columns = header.split(',').map((name) => name.trim());
  const [timeColumn, valueColumn] = [columns.indexOf('timestamp'), columns.indexOf('value')];
  if (timeColumn < 0 || valueColumn < 0) {
    throw new TraceError(`Line 1: expected the columns "timestamp" and "value", found "${header}".`);
  }
  const rows: { timeMs: number; value: number }[] = [];
  for (const [index, line] of lines.entries()) {
    const cells = line.split(',');
    const value = cells[valueColumn]?.trim() ?? '';
    if (value === '') continue;
    const row = parseRow(cells[timeColumn] ?? '', value, index + 2);
    if (row.timeMs > (rows.at(-1)?.timeMs ?? Number.NEGATIVE_INFINITY)) rows.push(row);
  }
  return toTrace(rows);
}

function parseRow(timestamp: string, text: string, lineNumber: number): { timeMs: number; value: number } {
  const timeMs = Date.parse(timestamp.trim());
  if (Number.isNaN(timeMs)) {
    throw new TraceError(`Line ${lineNumber}: expected an ISO 8601 timestamp, found "${timestamp}".`);
  }
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) {
    throw new TraceError(`Line ${lineNumber}: expected a number of at least 0, found "${text}".`);
  }
  return { timeMs, value };
}

function toTrace(rows: readonly { timeMs: number; value: number }[]): Trace {
  const [first, second] = rows;
  if (!first || !second) throw new TraceError(`Expected at least two rows with a value, found ${rows.length}.`);
  const seconds = rows.map((row) => (row.timeMs - first.timeMs) / 1000);
  const gaps = seconds.slice(1).map((at, index) => at - (seconds[index] ?? 0));
  gaps.sort((a, b) => a - b);
  const stepSeconds = gaps[(gaps.length - 1) >> 1] ?? 1;
  const lengthSeconds = (seconds.at(-1) ?? 0) + stepSeconds;
  return { seconds, values: rows.map((row) => row.value), stepSeconds, lengthSeconds };
}

/**
 * Replays a trace scaled so that its largest value becomes `peakRps`. A value stands in the middle of its step; between
 * the middles the rate goes in straight lines, and a gap in the recording is bridged the same way.
 */
export function replay(trace: Trace, peakRps: Rps): RateFunction {
  const largest = trace.values.reduce((most, value) => Math.max(most, value), 0);
  const factor = largest > 0 ? peakRps / largest : 0;
  const middles = trace.seconds.map((second) => second + trace.stepSeconds / 2);
  let cursor = 0; // A memory of the last look-up, not state: the answer depends on `seconds` alone.
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
