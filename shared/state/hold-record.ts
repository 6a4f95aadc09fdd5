import type { Limits } from '../limits/limits.ts';
import type { ApiStage } from '../platform/api-stage.ts';
import { apiStageName } from '../platform/api-stage.ts';
import { fields, flag, limit, optional, recordWith } from './items/shape.ts';
import { type Form, readFenced, saveFenced } from './items/stored.ts';
import { type Attributes, getItem, type Key, type Table } from './items/table.ts';
import type { Lease } from './lease.ts';

/** What is left of an override until the limits are back under control. */
export interface Hold {
  /** The limits that brakes replaced, as the first of them found each; others are absent. */
  readonly restorePoint: Limits;
  /** The stage is not where the law wants it: it has to be led back in steps. */
  readonly isStageHeld: boolean;
  /** Not an override left this, but a silence of control itself. */
  readonly isAfterSilence?: boolean;
}

/** For a control that has forgotten what it wanted: the stage is led from where it is found. */
export const AFRESH: Hold = { restorePoint: { stage: {}, tiers: {} }, isStageHeld: true, isAfterSilence: true };

const FORM: Form = {
  version: 1,
  attribute: 'hold',
  shape: () =>
    fields({
      restorePoint: fields({ stage: recordWith(limit), tiers: recordWith(limit) }),
      isStageHeld: flag,
      isAfterSilence: optional(flag),
    }),
};

export const HOLD = 'hold';
const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: HOLD });

export async function readHold(table: Table, api: ApiStage): Promise<Hold | undefined> {
  return holdIn(table, api, await getItem(table, keyOf(api)));
}

/** The same of an item that has been read. */
export function holdIn(table: Table, api: ApiStage, item: Attributes | undefined): Hold | undefined {
  return readFenced<Hold>(table, keyOf(api), item, FORM);
}

/** @returns false when a later holder of the lease has already written. */
export async function saveHold(table: Table, lease: Lease, hold: Hold | undefined): Promise<boolean> {
  return await saveFenced(table, lease, keyOf(lease.api), FORM, hold);
}
