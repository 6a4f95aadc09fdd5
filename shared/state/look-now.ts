import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS, ceilingValues, isOver } from './items/ceilings.ts';
import { type Table, updateItem } from './items/table.ts';

/** Control is asked to look ahead of its schedule at most once in this time, per API. */
export const LOOK_NOW_INTERVAL_MS = 10_000;

/** @returns true for one caller in ten seconds, who then asks control to look. */
export async function claimLookNow(table: Table, api: ApiStage, now: EpochMs): Promise<boolean> {
  const claimed = await updateItem(
    table,
    { pk: `LOOK#${apiStageName(api)}`, sk: 'look-now' },
    {
      update: 'SET #atMs = :now',
      condition: isOver('atMs', ':before'),
      names: ['atMs'],
      values: { now, before: now - LOOK_NOW_INTERVAL_MS, ...ceilingValues(now, CEILING_MS.past) },
    },
  );
  return claimed !== undefined;
}
