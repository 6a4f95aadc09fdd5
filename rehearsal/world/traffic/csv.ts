import { refusedAt } from './trace-error.ts';

export interface CsvRecord {
  /** Where it begins, counted from 1: a quoted cell may hold line breaks. */
  readonly line: number;
  readonly cells: readonly string[];
}

const BYTE_ORDER_MARK = '\uFEFF';
/** A cell, quoted or plain, and what ends it. */
const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

/**
 * Reads CSV as RFC 4180 has it, with any kind of line end. Lines without any character are left out.
 * @throws TraceError for a quote that is not closed, or that stands within a cell.
 */
export function readCsv(text: string): CsvRecord[] {
  const source = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let [line, begin] = [1, 1];
  CELL.lastIndex = 0;
  for (;;) {
    const [, quoted, plain = '', end] = CELL.exec(source) ?? [];
    if (end === undefined) throw refusedAt(line, 'a quote is not closed, or stands within a cell that is not quoted.');
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    line += linesIn(quoted ?? '');
    if (end === ',') continue;
    if (cells.length > 1 || cells[0] !== '') records.push({ line: begin, cells });
    if (end === '') return records;
    cells = [];
    begin = ++line;
  }
}

const linesIn = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;
