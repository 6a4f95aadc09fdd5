import { isDue, parseSchedule } from '../../../services/events/schedule.ts';

test.each([
  ['rate(1 minute)', 60_000],
  ['rate(5 minutes)', 300_000],
  ['rate(1 hour)', 3_600_000],
  ['rate(7 days)', 604_800_000],
])('%s', (expression, periodMs) => {
  expect(parseSchedule(expression)).toEqual({ kind: 'rate', periodMs });
});

test.each([
  'rate(0 minutes)',
  'rate(1 minutes)',
  'rate(5 minute)',
  'rate(10 seconds)',
  'rate(10)',
  ' rate(1 minute)',
  'cron(0 1 * * * *)',
  'cron(0 1 ? * ? *)',
  'cron(0 1 * * ?)',
  'cron(60 1 * * ? *)',
  'cron(5-1 1 * * ? *)',
  'every minute',
])('refuses %s', (expression) => {
  expect(parseSchedule(expression)).toBeUndefined();
});

test.each([
  ['cron(0 12 * * ? *)', '2031-01-01T12:00:30Z', true],
  ['cron(0 12 * * ? *)', '2031-01-01T12:01:00Z', false],
  ['cron(0/15 * * * ? *)', '2031-01-01T07:45:00Z', true],
  ['cron(0/15 * * * ? *)', '2031-01-01T07:46:00Z', false],
  ['cron(*/20 8-10 ? * MON-FRI *)', '2031-01-01T09:40:00Z', true],
  ['cron(*/20 8-10 ? * MON-FRI *)', '2031-01-04T09:40:00Z', false],
  ['cron(0 0 1,15 JAN ? 2031)', '2031-01-15T00:00:00Z', true],
  ['cron(0 0 1,15 JAN ? 2031)', '2032-01-15T00:00:00Z', false],
  ['cron(0 0 L * ? *)', '2031-02-28T00:00:00Z', true],
  ['cron(0 0 L * ? *)', '2031-02-27T00:00:00Z', false],
])('%s at %s', (expression, time, expected) => {
  const schedule = parseSchedule(expression);
  if (schedule?.kind !== 'cron') throw new Error(`${expression} is not understood`);
  expect(isDue(schedule, Date.parse(time))).toBe(expected);
});
