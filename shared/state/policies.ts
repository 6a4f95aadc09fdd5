import type { EpochMs } from '../platform/units.ts';
import { getItem, numberOf, putItem, queryItems, type Table, textOf, updateItem } from './table.ts';

/** Which kind of parameter a document is of; each has a partition of its own, so that neither can harm the other. */
export type DocumentKind = 'POLICY' | 'OVERRIDE';

/** The last document that was accepted under a parameter's name. */
export interface KnownGood {
  readonly name: string;
  readonly version: number;
  readonly document: string;
  /** When that version was put, in epoch milliseconds, and by whom, as far as AWS told. */
  readonly modifiedMs?: EpochMs;
  readonly by?: string;
}

const SWITCH = { pk: 'SWITCH', sk: 'switch' };

/** The last known good documents by parameter name. */
export async function readKnownGood(table: Table, kind: DocumentKind): Promise<Map<string, KnownGood>> {
  const known = new Map<string, KnownGood>();
  for (const item of await queryItems(table, kind)) {
    const name = textOf(item, 'sk');
    const version = numberOf(item, 'version');
    const document = textOf(item, 'document');
    if (!name || version === undefined || !document) continue;
    const [modifiedMs, by] = [numberOf(item, 'modifiedMs'), textOf(item, 'by')];
    known.set(name, { name, version, document, ...(modifiedMs !== undefined && { modifiedMs }), ...(by && { by }) });
  }
  return known;
}

export async function saveKnownGood(table: Table, kind: DocumentKind, good: KnownGood): Promise<void> {
  const { name, ...attributes } = good;
  const names = Object.keys(attributes);
  await updateItem(
    table,
    { pk: kind, sk: name },
    { update: `SET ${names.map((each) => `#${each} = :${each}`).join(', ')}`, names, values: attributes },
  );
}

/**
 * The parameter is gone: its last document must not come back into force when Parameter Store does not answer. A
 * parameter of that name that is made anew counts its versions from one: what was refused before says nothing of it.
 */
export async function forgetKnownGood(table: Table, kind: DocumentKind, name: string): Promise<void> {
  const names = ['version', 'document', 'modifiedMs', 'by', 'refused'];
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
