import type { ApiStage } from '../platform/api-stage.ts';
import { apiStageName } from '../platform/api-stage.ts';
import type { Limits } from '../platform/units.ts';
import { notSuperseded } from './control-record.ts';
import type { Lease } from './lease.ts';
import { getItem, jsonOf, type Key, putItem, type Table } from './table.ts';

/** What is left of an override until the limits are back under control. */
export interface Hold {
  /** The limits that brakes replaced, as the first of them found each; others are absent. */
  readonly restorePoint: Limits;
  /** The stage is not where the law wants it: it has to be led back in steps. */
  readonly isStageHeld: boolean;
  /** Not an override left this, but a silence of control itself. */
  readonly isAfterSilence?: boolean;
}

const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: 'hold' });

export async function readHold(table: Table, api: ApiStage): Promise<Hold | undefined> {
  return jsonOf<Hold>(await getItem(table, keyOf(api)), 'hold');
}

/** @returns false when a later holder of the lease has already written. */
export async function saveHold(table: Table, lease: Lease, hold: Hold | undefined): Promise<boolean> {
  const attributes = { fence: lease.fence, ...(hold && { hold: JSON.stringify(hold) }) };
  return await putItem(table, keyOf(lease.api), attributes, notSuperseded(lease));
}
