import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS } from './items/ceilings.ts';
import { fields, instant, numberWithin, optional, type Shape, text } from './items/shape.ts';
import {
  type Attributes,
  getItem,
  jsonOf,
  nowOf,
  numberOf,
  putItem,
  queryItems,
  type Table,
  textOf,
  updateItem,
} from './items/table.ts';

/** Which kind of parameter a document is of; each has a partition of its own, so that none can harm another. */
export type DocumentKind = 'POLICY' | 'OVERRIDE' | 'SWITCH';

/** A version on probation, and what to go back to. */
export interface Baking {
  readonly arrivedMs: EpochMs;
  readonly before: { readonly version: number; readonly document: string };
}

/** A version that was taken back, for good. */
export interface RolledBack {
  readonly version: number;
  readonly why: string;
}

/** The last document that was accepted under a parameter's name. */
export interface KnownGood {
  readonly name: string;
  readonly version: number;
  readonly document: string;
  /** When that version was put, in epoch milliseconds, and by whom, as far as AWS told. */
  readonly modifiedMs?: EpochMs;
  readonly by?: string;
  readonly baking?: Baking;
  readonly rolledBack?: RolledBack;
}

/** The form of these items; of another version nothing is known. */
const SCHEMA = 1;
const version = numberWithin(0, Number.MAX_SAFE_INTEGER);
const partsShape = (now: EpochMs): Shape =>
  fields({
    modifiedMs: optional(instant(now, CEILING_MS.past)),
    by: optional(text),
    baking: optional(fields({ arrivedMs: instant(now, CEILING_MS.past), before: fields({ version, document: text }) })),
    rolledBack: optional(fields({ version, why: text })),
  });

const SWITCH = { pk: 'SWITCH', sk: 'switch' };
const ATTRIBUTES = ['version', 'document', 'modifiedMs', 'by', 'baking', 'rolledBack'] as const;

/** The last known good documents by parameter name. */
export async function readKnownGood(table: Table, kind: DocumentKind): Promise<Map<string, KnownGood>> {
  const items = await queryItems(table, kind);
  const known = items.flatMap((item) => knownIn(table, kind, item) ?? []);
  return new Map(known.map((good) => [good.name, good]));
}

/** An item of which any part cannot be used is reported, and counts as not being there: the parameter is read anew. */
function knownIn(table: Table, kind: DocumentKind, item: Attributes): KnownGood | undefined {
  const [name, version, document] = [textOf(item, 'sk'), numberOf(item, 'version'), textOf(item, 'document')];
  if (!name || item.schema !== SCHEMA || version === undefined || !document) return undefined;
  const parts = {
    modifiedMs: item.modifiedMs,
    by: item.by,
    baking: jsonIn('baking'),
    rolledBack: jsonIn('rolledBack'),
  };
  const wrong = partsShape(nowOf(table))(parts);
  if (wrong === undefined) return { name, version, document, ...withoutAbsent(parts) };
  table.report?.({ key: { pk: kind, sk: name }, why: `${wrong} is not what we write`, item, blank: {} });
  return undefined;

  function jsonIn(attribute: string): unknown {
    return item[attribute] === undefined ? undefined : (jsonOf(item, attribute) ?? 'not JSON');
  }
}

const withoutAbsent = (parts: Readonly<Record<string, unknown>>): Partial<KnownGood> =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));

/**
 * Replaces what is known under a name; what `good` does not say is forgotten.
 * @param ifVersion only while this version is the known one
 * @returns false when another one was
 */
export async function saveKnownGood(
  table: Table,
  kind: DocumentKind,
  good: KnownGood,
  ifVersion?: number,
): Promise<boolean> {
  const values: Record<string, string | number> = { schema: SCHEMA };
  for (const name of ATTRIBUTES) {
    const value = good[name];
    if (value !== undefined) values[name] = typeof value === 'object' ? JSON.stringify(value) : value;
  }
  const set = Object.keys(values).map((name) => `#${name} = :${name}`);
  const gone = ATTRIBUTES.filter((name) => values[name] === undefined).map((name) => `#${name}`);
  const update = [`SET ${set.join(', ')}`, ...(gone.length > 0 ? [`REMOVE ${gone.join(', ')}`] : [])].join(' ');
  const saved = await updateItem(
    table,
    { pk: kind, sk: good.name },
    {
      update,
      names: ['schema', ...ATTRIBUTES],
      values: ifVersion === undefined ? values : { ...values, expected: ifVersion },
      ...(ifVersion !== undefined && { condition: '#version = :expected' }),
    },
  );
  return saved !== undefined;
}

/**
 * The parameter is gone: its last document must not come back into force when Parameter Store does not answer. A
 * parameter of that name that is made anew counts its versions from one: what was refused before says nothing of it.
 */
export async function forgetKnownGood(table: Table, kind: DocumentKind, name: string): Promise<void> {
  const names = [...ATTRIBUTES, 'refused'];
  await updateItem(
    table,
    { pk: kind, sk: name },
    { update: `REMOVE ${names.map((each) => `#${each}`).join(', ')}`, names, values: {} },
  );
}

/** @returns true for exactly one caller per refused version: whoever is to record the refusal. */
export async function claimRefusal(table: Table, kind: DocumentKind, name: string, version: number): Promise<boolean> {
  const claimed = await updateItem(
    table,
    { pk: kind, sk: name },
    {
      update: 'SET #refused = :version',
      condition: 'attribute_not_exists(#refused) OR #refused <> :version',
      names: ['refused'],
      values: { version },
    },
  );
  return claimed !== undefined;
}

/** The switch as it was last read, for when Parameter Store does not answer. */
export async function readKnownSwitch(table: Table): Promise<string | undefined> {
  return textOf(await getItem(table, SWITCH), 'value');
}

export async function saveKnownSwitch(table: Table, value: string): Promise<void> {
  await putItem(table, SWITCH, { value });
}
