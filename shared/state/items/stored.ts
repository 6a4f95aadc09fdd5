import { jsonBytes } from '../../platform/json-size.ts';
import { recordOf } from '../../platform/records.ts';
import type { EpochMs } from '../../platform/units.ts';
import type { Lease } from './held-lease.ts';
import type { Shape } from './shape.ts';
import { type Attributes, jsonOf, type Key, nowOf, numberOf, putItem, type Table } from './table.ts';

/** A kind of item that holds one value as JSON; `null` means that there is no value. */
export interface Form {
  /** The version of the shape. An item of another version is set aside. */
  readonly version: number;
  /** The attribute that holds the JSON. */
  readonly attribute: string;
  readonly shape: (now: EpochMs) => Shape;
}

/** The attribute that holds the version of an item's format. */
const VERSION = 'schema';
/** The largest JSON of a value, in bytes: an item of DynamoDB holds 409,600 bytes, with its key and all other attributes. */
export const MOST_JSON_BYTES = 400_000;
/** The largest valid fence; fences count looks. Below 2^53, so that a fence plus one is exact. */
export const MOST_FENCE = 9e15;

/**
 * The value of an item if this version's shape matches. Any other content is reported and read as absent.
 * The caller chooses the type that the shape describes.
 */
export function readValue<Value>(table: Table, key: Key, item: Attributes | undefined, form: Form): Value | undefined {
  if (item === undefined) return undefined;
  const value = withoutPrototypes(jsonOf(item, form.attribute));
  const why = whatIsWrong(item, value, form, nowOf(table));
  if (why === undefined) return value === null ? undefined : (value as Value);
  table.report?.({ key, why, item, blank: attributesOf(undefined, form) });
  return undefined;
}

/** No value of ours is nested so deeply; `JSON.parse` reads any depth, but walking it would overflow the stack. */
const MOST_LEVELS = 50;

/** A copy of the value whose objects inherit nothing, because their keys come from outside; too deep a level is undefined. */
function withoutPrototypes(value: unknown, levelsLeft = MOST_LEVELS): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levelsLeft === 0) return undefined;
  if (Array.isArray(value)) return value.map((each) => withoutPrototypes(each, levelsLeft - 1));
  const entries = Object.entries(value).map(([name, each]) => [name, withoutPrototypes(each, levelsLeft - 1)] as const);
  return recordOf(entries);
}

function whatIsWrong(item: Attributes, value: unknown, form: Form, now: EpochMs): string | undefined {
  const version = numberOf(item, VERSION);
  if (version !== form.version) return `its version is ${version ?? 'missing'}, not ${form.version}`;
  if (value === undefined) return `${form.attribute} is missing or not JSON`;
  if (value === null) return undefined;
  const at = form.shape(now)(value);
  return at === undefined
    ? undefined
    : `${at === '' ? form.attribute : `${form.attribute}.${at}`} is not what we write`;
}

/** The attributes of an item that holds a value or `null`. */
export function attributesOf(value: unknown, form: Form): Attributes {
  return { [VERSION]: form.version, [form.attribute]: JSON.stringify(value ?? null) };
}

/**
 * The value of an item that is written under the lease. An item whose fence no lease ever had would block every later
 * write, so the whole item is set aside.
 */
export function readFenced<Value>(table: Table, key: Key, item: Attributes | undefined, form: Form): Value | undefined {
  if (item !== undefined && !isFence(numberOf(item, 'fence'))) {
    table.report?.({ key, why: 'its fence is not valid', item, blank: attributesOf(undefined, form) });
    return undefined;
  }
  return readValue(table, key, item, form);
}

interface FencedItem {
  readonly key: Key;
  readonly form: Form;
  readonly value: unknown;
  /** Stored in place of a value that is too large for an item. */
  readonly lighter?: unknown;
}

/**
 * Writes a value under the lease. A value that is too large for an item is reported, and `lighter` is stored instead, or
 * nothing if that is too large as well: a failed write would end every tick.
 * @returns false when a later holder of the lease has already written
 */
export async function saveFenced(table: Table, lease: Lease, item: FencedItem): Promise<boolean> {
  const { key, form, value, lighter } = item;
  const stored = [value, lighter].find((each) => jsonBytes(each ?? null) <= MOST_JSON_BYTES);
  if (stored !== value) {
    const why = `its value takes ${jsonBytes(value)} bytes, and an item holds at most ${MOST_JSON_BYTES}`;
    table.report?.({ key, why, item: {}, blank: {}, isTooLarge: true });
  }
  const attributes = { ...attributesOf(stored, form), fence: lease.fence };
  return await putItem(table, key, attributes, {
    condition: 'attribute_not_exists(#fence) OR #fence <= :fence',
    names: ['fence'],
    values: { fence: lease.fence },
  });
}

export const isFence = (fence: number | undefined): fence is number =>
  fence !== undefined && fence >= 0 && fence <= MOST_FENCE;
