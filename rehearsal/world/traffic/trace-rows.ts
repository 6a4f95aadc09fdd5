import { readCsv } from './csv.ts';
import { parseTimestamp, type Timestamp } from './timestamp.ts';
import { refusedAt, TraceError } from './trace-error.ts';

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
  checkIsText(csv);
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

const LONGEST_EXCERPT = 80;
const short = (text: string): string =>
  text.length > LONGEST_EXCERPT ? `${text.slice(0, LONGEST_EXCERPT - 1)}…` : text;

/** Refuses what is no CSV at all, so that no excerpt of it gets into a message. */
function checkIsText(csv: string): void {
  const example = `a header "${TIME},${VALUE}" and a row for each step`;
  if (csv.replace('\uFEFF', '').trim() === '') throw new TraceError(`The file is empty. Fix: write ${example}.`);
  // UTF-16 read as UTF-8: its byte order mark is no character, or every other character is a zero.
  if (/^\uFFFD\uFFFD|^[^\0]\0[^\0]\0|^\0[^\0]\0[^\0]/.test(csv)) {
    throw new TraceError('The file is UTF-16. Fix: save it as UTF-8.');
  }
  if (/[\0\uFFFD]/.test(csv)) {
    throw new TraceError(`The file is not text in UTF-8. Fix: export CSV in UTF-8, with ${example}.`);
  }
}

function columnOf(columns: readonly string[], name: string, line: number): number {
  const index = columns.indexOf(name);
  if (index < 0) {
    const found = short(columns.join(','));
    const fix = /[;\t|]/.test(found) ? 'separate the columns by commas' : `name the columns "${TIME}" and "${VALUE}"`;
    throw refusedAt(
      line,
      `expected the columns "${TIME}" and "${VALUE}", with commas between them, found "${found}". Fix: ${fix} in line ${line}.`,
    );
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
