import { getItem, numberOf, putItem, queryItems, type Table, textOf, updateItem } from './table.ts';

/** The last policy document that was accepted under a parameter's name. */
export interface KnownGood {
  readonly name: string;
  readonly version: number;
  readonly document: string;
}

const PARTITION = 'POLICY';
const SWITCH = { pk: 'SWITCH', sk: 'switch' };

/** The last known good documents by parameter name. */
export async function readKnownGood(table: Table): Promise<Map<string, KnownGood>> {
  const known = new Map<string, KnownGood>();
  for (const item of await queryItems(table, PARTITION)) {
    const name = textOf(item, 'sk');
    const version = numberOf(item, 'version');
    const document = textOf(item, 'document');
    if (name && version !== undefined && document) known.set(name, { name, version, document });
  }
  return known;
}

export async function saveKnownGood(table: Table, good: KnownGood): Promise<void> {
  await updateItem(
    table,
    { pk: PARTITION, sk: good.name },
    {
      update: 'SET #version = :version, #document = :document',
      names: ['version', 'document'],
      values: { version: good.version, document: good.document },
    },
  );
}

/** The parameter is gone: its last document must not come back into force when Parameter Store does not answer. */
export async function forgetKnownGood(table: Table, name: string): Promise<void> {
  await updateItem(table, { pk: PARTITION, sk: name }, { update: 'REMOVE #document', names: ['document'], values: {} });
}

/** @returns true for exactly one caller per refused version: whoever is to record the refusal. */
export async function claimRefusal(table: Table, name: string, version: number): Promise<boolean> {
  const claimed = await updateItem(
    table,
    { pk: PARTITION, sk: name },
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
