import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { type Table, updateItem } from './table.ts';

/** Control is asked to look ahead of its schedule at most once in this time, per API. */
export const LOOK_NOW_INTERVAL_MS = 10_000;

/** @returns true for the one caller in ten seconds who is to ask control to look. */
export async function claimLookNow(table: Table, api: ApiStage, now: EpochMs): Promise<boolean> {
  const claimed = await updateItem(
    table,
    { pk: `API#${apiStageName(api)}`, sk: 'look-now' },
    {
      update: 'SET #atMs = :now',
      condition: 'attribute_not_exists(#atMs) OR #atMs <= :before',
      names: ['atMs'],
      values: { now, before: now - LOOK_NOW_INTERVAL_MS },
    },
  );
  return claimed !== undefined;
}
