import { readCsv } from './csv.ts';
import { parseTimestamp, type Timestamp } from './timestamp.ts';
import { refusedAt } from './trace-error.ts';

export interface TraceRow extends Timestamp {
  readonly line: number;
  /** The time as it was written. */
  readonly timestamp: string;
  /** Undefined where the cell is empty. */
  readonly value: number | undefined;
}

export interface TraceRows {
  readonly rows: readonly TraceRow[];
  /** Rows with neither a time nor a value. */
  readonly blankRows: number;
  readonly unusedColumns: readonly string[];
}

const TIME = 'timestamp';
const VALUE = 'value';
/** Neither thousands separators nor units, hexadecimal numbers nor `Infinity`. */
const NUMBER = /^\d+(\.\d*)?(e[+-]?\d+)?$/i;

/** @throws TraceError for a file without the two columns, and for the first row that cannot be read. */
export function traceRows(csv: string): TraceRows {
  const [header = { line: 1, cells: [] }, ...records] = readCsv(csv);
  const columns = header.cells.map((name) => name.trim());
  const [timeColumn, valueColumn] = [TIME, VALUE].map((name) => columnOf(columns, name, header.line));
  const rows: TraceRow[] = [];
  for (const { line, cells } of records) {
    if (cells.length !== columns.length) {
      throw refusedAt(line, `expected ${columns.length} cells, as in the header, found ${cells.length}.`);
    }
    const timestamp = cells[timeColumn ?? 0]?.trim() ?? '';
    const value = cells[valueColumn ?? 0]?.trim() ?? '';
    if (timestamp === '' && value === '') continue;
    rows.push({ line, timestamp, ...parseTimestamp(timestamp, line), value: parseValue(value, line) });
  }
  const unusedColumns = columns.filter((name) => name !== TIME && name !== VALUE);
  return { rows, blankRows: records.length - rows.length, unusedColumns };
}

function columnOf(columns: readonly string[], name: string, line: number): number {
  const index = columns.indexOf(name);
  if (index < 0) {
    const found = columns.join(',');
    throw refusedAt(line, `expected the columns "${TIME}" and "${VALUE}", with commas between them, found "${found}".`);
  }
  if (columns.includes(name, index + 1)) throw refusedAt(line, `there are two columns "${name}". Keep one series.`);
  return index;
}

function parseValue(text: string, line: number): number | undefined {
  if (text === '') return undefined;
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw refusedAt(
    line,
    `expected a number of at least 0, found "${text}". Write digits alone, such as 1200.5, or leave the cell empty.`,
  );
}
