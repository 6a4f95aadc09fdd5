import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import { getItem, type Key, numberOf, putItem, type Table, textOf } from './items/table.ts';

/**
 * The policy of an API whose parameter was deleted. It never takes effect again; it only determines how the limits return
 * to their baselines before control releases the API.
 */
export interface LastPolicy {
  /** The name of the deleted parameter. */
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

/** @param last undefined once control has released the API */
export async function saveLastPolicy(table: Table, api: ApiStage, last: LastPolicy | undefined): Promise<void> {
  await putItem(table, keyOf(api), last ? { ...last } : {});
}
