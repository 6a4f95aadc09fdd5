import type { Limits } from '../limits/limits.ts';
import type { ApiStage } from '../platform/api-stage.ts';
import { apiStageName } from '../platform/api-stage.ts';
import { fields, flag, limit, optional, recordWith } from './items/shape.ts';
import { type Form, readFenced, saveFenced } from './items/stored.ts';
import { type Attributes, getItem, type Key, type Table } from './items/table.ts';
import type { Lease } from './lease.ts';

/** What has to be undone after an override until the limits are back under control. */
export interface WayBack {
  /** The limits that overrides replaced, as the first of them found each; others are absent. */
  readonly restorePoint: Limits;
  /** The stage differs from what the law wants, and must return in steps. */
  readonly isStageAway: boolean;
  /** Left by a silence of control itself, not by an override. */
  readonly isAfterSilence?: boolean;
}

const FORM: Form = {
  version: 1,
  attribute: 'wayBack',
  shape: () =>
    fields({
      restorePoint: fields({ stage: recordWith(limit), tiers: recordWith(limit) }),
      isStageAway: flag,
      isAfterSilence: optional(flag),
    }),
};

export const WAY_BACK = 'way-back';
const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: WAY_BACK });

export async function readWayBack(table: Table, api: ApiStage): Promise<WayBack | undefined> {
  return wayBackIn(table, api, await getItem(table, keyOf(api)));
}

/** Decodes the restore point from an item that has been read. */
export function wayBackIn(table: Table, api: ApiStage, item: Attributes | undefined): WayBack | undefined {
  return readFenced<WayBack>(table, keyOf(api), item, FORM);
}

/** @returns false when a later holder of the lease has already written. */
export async function saveWayBack(table: Table, lease: Lease, wayBack: WayBack | undefined): Promise<boolean> {
  return await saveFenced(table, lease, { key: keyOf(lease.api), form: FORM, value: wayBack });
}
