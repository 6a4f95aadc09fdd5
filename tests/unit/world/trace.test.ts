import { parseTrace, replay, TraceError } from '../../../rehearsal/world/traffic/trace-file.ts';
import { describeReading } from '../../../rehearsal/world/traffic/trace-reading.ts';
import { dayMonthYear, lastRowIn2106 } from '../../support/world/recordings.ts';

const CSV = [
  'timestamp,value,label',
  '2024-01-01T00:00:00Z,60,0',
  '2024-01-01T00:01:00Z,120,0',
  '2024-01-01T00:02:00Z,,1',
  '2024-01-01T00:03:00Z,30,0',
  '',
].join('\n');

describe('a recorded trace', () => {
  it('takes no value from an empty cell, and knows its step and length', () => {
    const trace = parseTrace(CSV);
    expect(trace.seconds).toEqual([0, 60, 180]);
    expect(trace.values).toEqual([60, 120, 30]);
    expect(trace.stepSeconds).toBe(60);
    expect(trace.lengthSeconds).toBe(240);
  });

  it('is scaled to its peak, with straight lines between the middles of the steps', () => {
    const rate = replay(parseTrace(CSV), 1000);
    const rates = [0, 30, 60, 90, 150, 239].map((seconds) => Math.round(rate(seconds) * 1e6) / 1e6);
    expect(rates).toEqual([500, 500, 750, 1000, 625, 250]); // 150: half way over the gap.
  });

  it('answers the same whatever was asked before', () => {
    const rate = replay(parseTrace(CSV), 1000);
    const later = rate(210);
    expect(rate(60)).toBeCloseTo(750);
    expect(rate(210)).toBe(later);
  });

  it.each([
    ['other columns', 'time,count\n1,2', /Line 1: expected the columns/],
    ['no date', 'timestamp,value\nyesterday,2', /Line 2: expected an ISO 8601 timestamp, found "yesterday"/],
    [
      'no number',
      'timestamp,value\n2024-01-01T00:00:00Z,many',
      /Line 2: expected a number of at least 0, found "many"/,
    ],
    ['a negative count', 'timestamp,value\n2024-01-01T00:00:00Z,-1', /found "-1"/],
    ['a header alone', 'timestamp,value\n', /at least two rows with a value, found 0/],
    ['one row only', 'timestamp,value\n2024-01-01T00:00:00Z,1', /at least two rows with a value, found 1/],
  ])('is refused with %s', (_, csv, message) => {
    expect(() => parseTrace(csv)).toThrow(TraceError);
    expect(() => parseTrace(csv)).toThrow(message);
  });

  it.each([
    ['an empty file', '\uFEFF\n', /^The file is empty\. Fix: write a header "timestamp,value"/],
    ['a binary file', '\uFFFDPNG\r\n\0\0', /^The file is not text in UTF-8\. Fix: export CSV in UTF-8/],
    ['UTF-16 with a byte order mark', '\uFFFD\uFFFDt\0i\0m\0', /^The file is UTF-16\. Fix: save it as UTF-8\.$/],
    ['UTF-16 without one', 't\0i\0m\0', /^The file is UTF-16\. Fix: save it as UTF-8\.$/],
    [
      'other columns',
      'time,count\n1,2\n',
      /found "time,count"\. Fix: name the columns "timestamp" and "value" in line 1\.$/,
    ],
    ['semicolons', 'timestamp;value\n', /found "timestamp;value"\. Fix: separate the columns by commas in line 1\.$/],
    [
      'zeros alone',
      'timestamp,value\n2024-01-01T00:00:00Z,0\n2024-01-01T00:01:00Z,0',
      /^Every value is 0: there is no traffic to replay\. Fix: export a span with traffic\.$/,
    ],
  ])('of %s is refused with the fix', (_, csv, message) => {
    expect(() => parseTrace(csv)).toThrow(TraceError);
    expect(() => parseTrace(csv)).toThrow(message);
  });
});

/** A recording of `times`, with values from 1 up. */
const at = (...times: string[]) =>
  ['timestamp,value', ...times.map((time, index) => `${time},${index + 1}`)].join('\n');
const valued = (...values: string[]) =>
  ['timestamp,value', ...values.map((value, index) => `2026-03-03T08:0${index}:00Z,${value}`)].join('\n');
const readingOf = (csv: string) => describeReading(parseTrace(csv).reading);

describe('what was read of a recording is said', () => {
  it('rows, from, to, step, values and the absence of gaps', () => {
    expect(readingOf(at('2026-03-03T08:00:00Z', '2026-03-03T08:01:00Z'))).toEqual([
      '2 rows from 2026-03-03T08:00:00Z to 2026-03-03T08:01:00Z, a step of 60 s, values from 1 to 2; no gaps.',
    ]);
  });

  it('empty cells, gaps and columns without a use', () => {
    expect(readingOf(`${CSV},,\n`)).toEqual([
      '3 rows from 2024-01-01T00:00:00Z to 2024-01-01T00:03:00Z, a step of 60 s, values from 30 to 120; one gap, 120 s before line 5, is bridged in a straight line.',
      'Rows without a value, left out of the replay: 2.',
      'Columns that are not used: label.',
    ]);
  });

  it('the longest of several gaps', () => {
    const times = ['08:00', '08:01', '08:02', '08:05', '08:06', '08:07', '08:15'];
    const [line] = readingOf(at(...times.map((time) => `2026-03-03T${time}:00Z`)));
    expect(line).toMatch(/step of 60 s.*; 2 gaps, the longest 480 s before line 8, are bridged in a straight line\.$/);
  });

  it('times without an offset, with a blank for the T, and dates alone', () => {
    const [first, second] = readingOf(at('2026-03-03 08:00', '2026-03-03 09:00'));
    expect(first).toContain('from 2026-03-03T08:00:00Z to 2026-03-03T09:00:00Z');
    expect(second).toBe('The times name no offset from UTC and are read as UTC.');
    expect(readingOf(at('2026-03-03', '2026-03-04'))[0]).toContain('a step of 86400 s');
  });

  it('an offset is heeded', () => {
    const [line] = readingOf(at('2026-03-03T08:00:00+01:00', '2026-03-03T08:01:00+01:00'));
    expect(line).toContain('from 2026-03-03T07:00:00Z to 2026-03-03T07:01:00Z');
  });

  it('the one hour that an hourly log repeats when the clock is set back', () => {
    const csv = at('2017-11-05T00:00Z', '2017-11-05T01:00Z', '2017-11-05T01:00Z', '2017-11-05T02:00Z');
    expect(parseTrace(csv).values).toEqual([1, 2, 4]);
    expect(readingOf(csv)).toContain('Line 4 repeats the hour before, as when a clock is set back, and is left out.');
  });
});

describe('a recording as spreadsheets and exports write it is read as it stands', () => {
  const plain = at('2026-03-03T08:00:00Z', '2026-03-03T08:01:00Z');
  it.each([
    ['quoted', plain.replaceAll(/[^,\n]+/g, '"$&"')],
    ['with a byte order mark', `\uFEFF${plain}`],
    ['with Windows line ends and blank lines', `${plain.replaceAll('\n', '\r\n\r\n')}\r\n`],
    ['with old Macintosh line ends', plain.replaceAll('\n', '\r')],
    ['with blanks around the cells', plain.replaceAll(',', ' , ')],
  ])('%s', (_, csv) => {
    expect(parseTrace(csv)).toMatchObject({ seconds: [0, 60], values: [1, 2] });
  });

  it('with commas, quotes and line breaks in a quoted cell of another column, and lines are still counted right', () => {
    const csv = 'note,timestamp,value\n"a, ""b""\nc",2026-03-03T08:00:00Z,1\n,2026-03-03T08:01:00Z,many';
    expect(() => parseTrace(csv)).toThrow(/^Line 4: .* found "many"/);
  });
});

describe('a recording is refused with the line and with what to write', () => {
  it.each([
    ['a last row in 2106', lastRowIn2106(), /^Line 21: 2106-02-07T06:28:15Z is 29195 days after 2026-03-03T08:18:00Z/],
    [
      'day and month in an order that cannot be told',
      dayMonthYear(),
      /^Line 2: "11\/03\/2026 23:50" does not say which .* Write the year first: 2026-03-11 or 2026-11-03\.$/,
    ],
    ['a day above 12, dots', at('13.3.2026 08:00'), /Write the year first: 2026-03-13\.$/],
    [
      'day numbers of a spreadsheet',
      at('46084.33', '46084.34'),
      /^Line 2: "46084.33" may be a spreadsheet's day number/,
    ],
    ['Unix times', at('1772524800', '1772524860'), /^Line 2: "1772524800" may be .* a Unix time/],
    ['a day that does not exist', at('2026-02-30T08:00:00Z'), /^Line 2: expected an ISO 8601 timestamp/],
    ['a time that V8 would guess at', at('March 3 2026 8:00'), /^Line 2: expected an ISO 8601 timestamp/],
    ['an offset that does not exist', at('2026-03-03T08:00:00+99:00'), /^Line 2: expected an ISO 8601 timestamp/],
    ['a date with an offset and no time', at('2026-03-03-01:00'), /^Line 2: expected an ISO 8601 timestamp/],
    ['two marks of UTC', at('2026-03-03T08:00:00ZZ'), /^Line 2: expected an ISO 8601 timestamp/],
    ['an empty time', at('', ''), /^Line 2: expected an ISO 8601 timestamp, found ""/],
    [
      'the newest row first',
      at('2026-03-03T08:02:00Z', '2026-03-03T08:01:00Z', '2026-03-03T08:00:00Z'),
      /^Line 3: the rows run from the newest to the oldest\. Sort them/,
    ],
    [
      'a clock that was set back',
      at('2026-10-25T02:58', '2026-10-25T02:59', '2026-10-25T02:00', '2026-10-25T02:01'),
      /^Line 4: time goes back from 2026-10-25T02:59 to 2026-10-25T02:00\. .*write the times .* in UTC/,
    ],
    [
      'two series, one after the other',
      at('2026-03-03T08:00Z', '2026-03-03T08:01Z', '2026-03-03T08:00Z', '2026-03-03T08:01Z'),
      /^Line 4: time goes back .*Of several series in the file keep one/,
    ],
    [
      'two series, row by row',
      at('2026-03-03T08:00Z', '2026-03-03T08:00Z', '2026-03-03T08:01Z', '2026-03-03T08:01Z'),
      /^Line 3: the row before has the same time, 2026-03-03T08:00Z\. Of several series in the file keep one/,
    ],
    [
      'two hourly series, row by row',
      at('2026-03-03T08:00Z', '2026-03-03T08:00Z', '2026-03-03T09:00Z', '2026-03-03T09:00Z'),
      /^Line 3: the row before has the same time/,
    ],
    ['two series, column by column', 'timestamp,value,value\n', /^Line 1: there are two columns "value"/],
    [
      'times with an offset and without',
      at('2026-03-03T08:00Z', '2026-03-03T08:01'),
      /^Line 3: 2026-03-03T08:01 names no offset from UTC, the rows before name one/,
    ],
    ['rows a month apart', at('2026-03-01', '2026-04-01'), /^Line 3: 2026-04-01 is 31 days after/],
    ['thousands separators', valued('1,200'), /^Line 2: expected 2 cells, as in the header, found 3/],
    ['thousands separators within quotes', valued('"1,200"'), /^Line 2: expected a number .* found "1,200"/],
    ['a row that breaks off', `${valued('1', '2')}\n2026-03-03T08:0`, /^Line 4: expected 2 cells.* found 1/],
    ['semicolons', 'timestamp;value\n', /^Line 1: .*with commas between them, found "timestamp;value"/],
    ['a quote that is not closed', 'timestamp,value\n"2026-03-03T08:00:00Z,1', /^Line 2: a quote is not closed/],
    ['a hexadecimal number', valued('0x10'), /found "0x10"/],
    ['infinity', valued('1e999'), /found "1e999"/],
    ['a word for an empty cell', valued('1', 'NaN'), /^Line 3: .* found "NaN".*or leave the cell empty/],
    [
      'a value beside which nothing else counts',
      valued('120', '4294967295', '130'),
      /^Line 3: the value 4294967295 is more than a million times the usual 130\. Correct it/,
    ],
  ])('%s', (_, csv, message) => {
    expect(() => parseTrace(csv)).toThrow(TraceError);
    expect(() => parseTrace(csv)).toThrow(message);
  });
});
