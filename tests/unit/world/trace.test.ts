import { parseTrace, replay, TraceError } from '../../../local/world/traffic/trace.ts';

const CSV = [
  'timestamp,value,label',
  '2024-01-01T00:00:00Z,60,0',
  '2024-01-01T00:01:00Z,120,0',
  '2024-01-01T00:02:00Z,,1',
  '2024-01-01T00:03:00Z,30,0',
  '',
].join('\n');

describe('a recorded trace', () => {
  it('skips empty values and knows its step and length', () => {
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

  it('skips rows that go back in time', () => {
    const csv = 'timestamp,value\n2024-01-01T01:00:00Z,1\n2024-01-01T01:00:00Z,9\n2024-01-01T02:00:00Z,2';
    expect(parseTrace(csv).values).toEqual([1, 2]);
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
    ['one row only', 'timestamp,value\n2024-01-01T00:00:00Z,1', /at least two rows with a value, found 1/],
  ])('is refused with %s', (_, csv, message) => {
    expect(() => parseTrace(csv)).toThrow(TraceError);
    expect(() => parseTrace(csv)).toThrow(message);
  });

  it('of zeros replays as silence', () => {
    const csv = 'timestamp,value\n2024-01-01T00:00:00Z,0\n2024-01-01T00:01:00Z,0';
    expect(replay(parseTrace(csv), 100)(30)).toBe(0);
  });
});
