import { recordOf } from '../../platform/records.ts';
import type { EpochMs } from '../../platform/units.ts';
import type { Lease } from './held-lease.ts';
import type { Shape } from './shape.ts';
import { type Attributes, jsonOf, type Key, nowOf, numberOf, putItem, type Table } from './table.ts';

/** A kind of item that holds one value as JSON. The value `null` is "nothing". */
export interface Form {
  /** Of the shape. An item of another version is not understood, and is set aside. */
  readonly version: number;
  /** The attribute that holds the JSON. */
  readonly attribute: string;
  readonly shape: (now: EpochMs) => Shape;
}

/** The attribute that holds the version of an item's form. */
const VERSION = 'schema';
/** Fences count looks: a larger one was never counted. Below 2^53, so that a fence plus one is another number. */
export const MOST_FENCE = 9e15;

/**
 * The value of an item, if it is as this version of us wrote it. Whatever else is there is reported and read as nothing.
 * The caller knows what the shape stands for.
 */
export function readValue<Value>(table: Table, key: Key, item: Attributes | undefined, form: Form): Value | undefined {
  if (item === undefined) return undefined;
  const value = withoutPrototypes(jsonOf(item, form.attribute));
  const why = whatIsWrong(item, value, form, nowOf(table));
  if (why === undefined) return value === null ? undefined : (value as Value);
  table.report?.({ key, why, item, blank: attributesOf(undefined, form) });
  return undefined;
}

/** The same value, whose objects inherit nothing: they are keyed by what came from outside. */
function withoutPrototypes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  return recordOf(Object.entries(value).map(([name, each]) => [name, withoutPrototypes(each)] as const));
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

/** The attributes of an item that holds a value, or nothing. */
export function attributesOf(value: unknown, form: Form): Attributes {
  return { [VERSION]: form.version, [form.attribute]: JSON.stringify(value ?? null) };
}

/**
 * The same for an item that is written under the lease: an item with a fence that no lease ever had would refuse every
 * later write, so it is set aside whole.
 */
export function readFenced<Value>(table: Table, key: Key, item: Attributes | undefined, form: Form): Value | undefined {
  if (item !== undefined && !isFence(numberOf(item, 'fence'))) {
    table.report?.({ key, why: 'its fence is not one', item, blank: attributesOf(undefined, form) });
    return undefined;
  }
  return readValue(table, key, item, form);
}

/** @returns false when a later holder of the lease has already written. */
export async function saveFenced(table: Table, lease: Lease, key: Key, form: Form, value: unknown): Promise<boolean> {
  const attributes = { ...attributesOf(value, form), fence: lease.fence };
  return await putItem(table, key, attributes, {
    condition: 'attribute_not_exists(#fence) OR #fence <= :fence',
    names: ['fence'],
    values: { fence: lease.fence },
  });
}

export const isFence = (fence: number | undefined): fence is number =>
  fence !== undefined && fence >= 0 && fence <= MOST_FENCE;
