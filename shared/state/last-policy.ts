import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import { getItem, type Key, numberOf, putItem, type Table, textOf } from './items/table.ts';

/**
 * The policy of an API whose parameter was deleted. Unlike a last known good one it never comes into force again: it says
 * in which steps, and to where, the limits are led back before control lets go of the API.
 */
export interface LastPolicy {
  /** The parameter that it was. */
  readonly name: string;
  readonly version: number;
  readonly document: string;
}

const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: 'last-policy' });

export async function readLastPolicy(table: Table, api: ApiStage): Promise<LastPolicy | undefined> {
  const item = await getItem(table, keyOf(api));
  const [name, version, document] = [textOf(item, 'name'), numberOf(item, 'version'), textOf(item, 'document')];
  return name && version !== undefined && document ? { name, version, document } : undefined;
}

/** @param last undefined once control has let go of the API */
export async function saveLastPolicy(table: Table, api: ApiStage, last: LastPolicy | undefined): Promise<void> {
  await putItem(table, keyOf(api), last ? { ...last } : {});
}
