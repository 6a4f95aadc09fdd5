/** A schedule expression, parsed. */
export type Schedule =
  | { readonly kind: 'rate'; readonly periodMs: number }
  | { readonly kind: 'cron'; readonly fields: readonly CronField[] };

/** What a field of a cron expression allows; `undefined` is anything. */
type CronField = ReadonlySet<number> | 'last' | undefined;

const UNITS_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Minutes, hours, day of the month, month, day of the week (Sunday is 1), year. */
const FIELDS = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: MONTHS },
  { low: 1, high: 7, names: WEEKDAYS },
  { low: 1970, high: 2199, names: [] },
] as const;

type FieldKind = (typeof FIELDS)[number];

/** Reads `rate(5 minutes)` or `cron(0 12 * * ? *)`; `undefined` when it is not valid. `W` and `#` are not known here. */
export function parseSchedule(expression: string): Schedule | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate) {
    const count = Number(rate[1]);
    const isPluralRight = count > 1 === (rate[3] === 's');
    return count > 0 && isPluralRight ? { kind: 'rate', periodMs: count * (UNITS_MS[rate[2] ?? ''] ?? 0) } : undefined;
  }
  const cron = /^cron\((.+)\)$/.exec(expression);
  return cron ? parseCron((cron[1] ?? '').split(' ')) : undefined;
}

function parseCron(texts: readonly string[]): Schedule | undefined {
  if (texts.length !== FIELDS.length) return undefined;
  const isDayLeftOpen = texts[2] === '?' || texts[4] === '?';
  const areBothOpen = texts[2] === '?' && texts[4] === '?';
  if (!isDayLeftOpen || areBothOpen) return undefined;
  const fields: CronField[] = [];
  for (const [index, kind] of FIELDS.entries()) {
    const field = parseField(texts[index] ?? '', kind, index);
    if (field === 'invalid') return undefined;
    fields.push(field);
  }
  return { kind: 'cron', fields };
}

const DAY_OF_MONTH = 2;

function parseField(text: string, kind: FieldKind, index: number): CronField | 'invalid' {
  if (text === '*' || text === '?') return undefined;
  if (text === 'L' && index === DAY_OF_MONTH) return 'last';
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const range = parseRange(part, kind);
    if (!range) return 'invalid';
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return values;
}

function parseRange(part: string, kind: FieldKind) {
  const match = /^([^/-]+)(?:-([^/-]+))?(?:\/(\d+))?$/.exec(part);
  if (!match) return undefined;
  const [, first = '', last, every] = match;
  const from = first === '*' ? kind.low : numberNamed(first, kind);
  const open = every === undefined && first !== '*' ? from : kind.high;
  const to = last === undefined ? open : numberNamed(last, kind);
  const step = Number(every ?? 1);
  if (from === undefined || to === undefined || from > to || step < 1) return undefined;
  return { from, to, step };
}

function numberNamed(text: string, kind: FieldKind): number | undefined {
  const index = (kind.names as readonly string[]).indexOf(text.toUpperCase());
  const value = index >= 0 ? kind.low + index : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= kind.low && value <= kind.high ? value : undefined;
}

/** Whether a cron schedule is due in the minute of `atMs` (UTC). */
export function isDue(schedule: Extract<Schedule, { kind: 'cron' }>, atMs: number): boolean {
  const at = new Date(atMs);
  const parts = [
    at.getUTCMinutes(),
    at.getUTCHours(),
    at.getUTCDate(),
    at.getUTCMonth() + 1,
    at.getUTCDay() + 1,
    at.getUTCFullYear(),
  ];
  const tomorrow = new Date(atMs + 86_400_000);
  return schedule.fields.every((field, index) => {
    if (field === undefined) return true;
    return field === 'last' ? tomorrow.getUTCDate() === 1 : field.has(parts[index] ?? -1);
  });
}
