import type { AttributeValue } from '../../overlap/cloud-snapshot.ts';
import type { Json } from './places.ts';

/** A named invalid value for the table. */
export interface Hostile<Value> {
  readonly name: string;
  /** Undefined removes the field. */
  readonly value: Value | undefined;
}

export const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'toString'] as const;
/** Below DynamoDB's 400 KB for an item with everything else that is in one. */
const HUGE_TEXT = 'x'.repeat(300_000);

const DEEP_TEXT = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

const NUMBERS: readonly Hostile<number>[] = [
  { name: '1970', value: 0 },
  { name: '2099', value: Date.UTC(2099, 0, 1) },
  { name: '9999', value: Date.UTC(9999, 11, 31) },
  { name: 'negative', value: -1 },
  { name: '1e15', value: 1e15 },
];
const TEXTS: readonly Hostile<string>[] = [
  { name: 'empty text', value: '' },
  { name: 'NaN as text', value: 'NaN' },
  { name: '2099 as text', value: '2099-01-01T00:00:00Z' },
  ...PROTOTYPE_NAMES.map((value) => ({ name: `${value} as text`, value })),
  { name: '300 KB of text', value: HUGE_TEXT },
  { name: '100,000 levels as text', value: DEEP_TEXT },
];

/** Replacements for a field of a JSON document. */
export const HOSTILE_JSON: readonly Hostile<Json>[] = [
  ...NUMBERS,
  { name: '1e308', value: 1e308 },
  ...TEXTS,
  { name: 'null', value: null },
  { name: 'true', value: true },
  { name: 'empty object', value: {} },
  { name: 'empty list', value: [] },
  { name: 'missing', value: undefined },
];

/** What an attribute may be replaced by. A number of DynamoDB ends below 1e126. */
export const HOSTILE_ATTRIBUTES: readonly Hostile<AttributeValue>[] = [
  ...NUMBERS.map(({ name, value }) => ({ name, value: { N: String(value) } })),
  { name: '1e125', value: { N: '1e125' } },
  ...TEXTS.map(({ name, value }) => ({ name, value: { S: String(value) } })),
  { name: 'null', value: { NULL: true } },
  { name: 'true', value: { BOOL: true } },
  { name: 'empty object', value: { M: {} } },
  { name: 'empty list', value: { L: [] } },
  { name: 'missing', value: undefined },
];

/** An object with one more field, of a name that every object has already. */
export function withPrototypeNames(value: Json): readonly Hostile<Json>[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const entries = Object.entries(value);
  const like = entries[0]?.[1] ?? {};
  return PROTOTYPE_NAMES.map((name) => ({
    name: `with ${name}`,
    value: Object.fromEntries([...entries, [name, like]]),
  }));
}
