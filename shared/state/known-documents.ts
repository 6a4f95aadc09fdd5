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

/** The kind of a parameter's document. Each kind has its own partition, so that one cannot damage another. */
export type DocumentKind = 'POLICY' | 'OVERRIDE' | 'SWITCH';

/** A version on probation, and the version to return to. */
export interface Baking {
  readonly arrivedMs: EpochMs;
  readonly before: { readonly version: number; readonly document: string };
}

/** A version that was rolled back for good. */
export interface RolledBack {
  readonly version: number;
  readonly why: string;
}

/** The last document that was accepted under a parameter's name. */
export interface KnownGood {
  readonly name: string;
  readonly version: number;
  readonly document: string;
  /** When that version was stored, in epoch milliseconds, and by whom, as far as AWS reports it. */
  readonly modifiedMs?: EpochMs;
  readonly by?: string;
  readonly baking?: Baking;
  readonly rolledBack?: RolledBack;
}

/** The version of the format of these items; items of another version count as absent. */
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

/** The last accepted documents by parameter name. */
export async function readKnownGood(table: Table, kind: DocumentKind): Promise<Map<string, KnownGood>> {
  const items = await queryItems(table, kind);
  const known = items.flatMap((item) => knownIn(table, kind, item) ?? []);
  return new Map(known.map((good) => [good.name, good]));
}

/** An item with an unusable part is reported and counts as absent: the parameter is then read again. */
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
 * Replaces the stored document of a name; fields that `good` lacks are removed.
 * @param ifVersion write only if this version is stored
 * @returns false if another version was stored
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
 * Forgets a deleted parameter, so that its last document does not return when Parameter Store is unavailable. A parameter
 * that is created again counts its versions from one, so earlier refusals do not apply to it.
 */
export async function forgetKnownGood(table: Table, kind: DocumentKind, name: string): Promise<void> {
  const names = [...ATTRIBUTES, 'refused'];
  await updateItem(
    table,
    { pk: kind, sk: name },
    { update: `REMOVE ${names.map((each) => `#${each}`).join(', ')}`, names, values: {} },
  );
}

/** @returns true for exactly one caller per refused version, who then records the refusal. */
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

/** The last value of the switch, for times when Parameter Store is unavailable. */
export async function readKnownSwitch(table: Table): Promise<string | undefined> {
  return textOf(await getItem(table, SWITCH), 'value');
}

export async function saveKnownSwitch(table: Table, value: string): Promise<void> {
  await putItem(table, SWITCH, { value });
}
