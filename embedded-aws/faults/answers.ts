import type { Random } from '../kernel/random.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A plain object, and no date or array of bytes. */
const isFields = (value: unknown): value is Fields => Object.prototype.toString.call(value) === '[object Object]';

/** By which a list goes on: an answer that has lost its pages has lost this, too. */
const PAGE_MARKS = new Set(['NextToken', 'nextToken', 'position', 'LastEvaluatedKey']);

/** An answer with something missing: about half of every list and map in it, or of its own fields if it has none. */
export function partialAnswer(answer: unknown, random: Random): unknown {
  if (!isFields(answer)) return answer;
  const collections = Object.values(answer).filter((value) => Array.isArray(value) || isFields(value));
  const kept = Object.entries(answer).filter(([name]) => !PAGE_MARKS.has(name));
  if (collections.length === 0) return Object.fromEntries(some(kept, random));
  return Object.fromEntries(kept.map(([name, value]) => [name, thinned(value, random)]));
}

function thinned(value: unknown, random: Random): unknown {
  if (Array.isArray(value)) return some(value, random);
  return isFields(value) ? Object.fromEntries(some(Object.entries(value), random)) : value;
}

/** Each with a chance of one half; never all of them. */
function some<Item>(items: readonly Item[], random: Random): Item[] {
  const kept = items.filter(() => random() < 0.5);
  return kept.length === items.length ? kept.slice(1) : kept;
}

/** Invalid or absurd numbers for limits, counts and latencies. */
const BAD_NUMBERS = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e15, 1e-9] as const;
const BAD_TEXTS = ['', 'null', '{"', '-1', 'NaN', '\u0000\uFFFD', '../../etc'] as const;
const BAD_DATES_MS = [0, 4_102_444_800_000, -1] as const;

/** The same form with nonsense in it: every number, text, date and truth value is another one. */
export function garbageAnswer(answer: unknown, random: Random): unknown {
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const garble = (value: unknown): unknown => {
    if (typeof value === 'number') return pick(BAD_NUMBERS);
    if (typeof value === 'string') return pick(BAD_TEXTS);
    if (typeof value === 'boolean') return !value;
    if (value instanceof Date) return new Date(pick(BAD_DATES_MS));
    if (Array.isArray(value)) return value.map(garble);
    if (isFields(value)) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, garble(each)]));
    return value;
  };
  return garble(answer);
}

/** What a call is about: its input without instants, other long numbers and patched values, which change from call to call. */
export function subjectOf(operation: string, input: unknown): string {
  const text = JSON.stringify(input, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return `${operation} ${(text ?? '').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|\d{6,}|(?<="value":")[^"]*/g, '#')}`;
}
