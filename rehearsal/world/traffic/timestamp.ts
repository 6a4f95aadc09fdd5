import * as z from 'zod';
import { refusedAt } from './trace-error.ts';

export interface Timestamp {
  readonly timeMs: number;
  /** A time that does not name its offset from UTC is read as UTC. */
  readonly hasOffset: boolean;
}

/** Seconds and their fraction may be left out; the days of a month are counted right. */
const ISO_LOCAL_TIME = z.iso.datetime({ local: true });
const ISO_DATE = z.iso.date();
const OFFSET = /(?:Z|[+-]\d\d:\d\d)$/;
const DAY_AND_MONTH = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})/;
const EXAMPLE = '2026-03-11T23:50:00Z';

/**
 * Reads an ISO 8601 date, or date and time, with a `T` or a space between them.
 * @throws TraceError for anything else: no other form is guessed at.
 */
export function parseTimestamp(cell: string, line: number): Timestamp {
  const text = cell.trim().replace(' ', 'T');
  if (ISO_DATE.safeParse(text).success) return { timeMs: Date.parse(text), hasOffset: false };
  const local = text.replace(OFFSET, '');
  const hasOffset = local !== text;
  const timeMs = ISO_LOCAL_TIME.safeParse(local).success ? Date.parse(hasOffset ? text : `${text}Z`) : Number.NaN;
  if (Number.isNaN(timeMs)) throw refusedAt(line, reasonAgainst(cell.trim()));
  return { timeMs, hasOffset };
}

function reasonAgainst(text: string): string {
  const [, first = '', second = '', year] = DAY_AND_MONTH.exec(text) ?? [];
  if (year !== undefined) {
    const dates = [`${year}-${pad(second)}-${pad(first)}`, `${year}-${pad(first)}-${pad(second)}`];
    const readings = [...new Set(dates)].filter((date) => ISO_DATE.safeParse(date).success);
    return `"${text}" does not say which number is the day and which the month. Write the year first: ${readings.join(' or ')}.`;
  }
  if (/^\d+(\.\d+)?$/.test(text)) {
    return `"${text}" may be a spreadsheet's day number, a Unix time or something else. Write the time as ${EXAMPLE}.`;
  }
  return `expected an ISO 8601 timestamp, found "${text}". Write the time as ${EXAMPLE}.`;
}

const pad = (text: string): string => text.padStart(2, '0');
