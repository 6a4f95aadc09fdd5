import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { getItem, type Key, numberOf, putItem, type Table } from './table.ts';

/**
 * How long the management calls are left to others once AWS has refused one: a whole tick, and a little less than the
 * time between two, so that the next scheduled one is not missed.
 */
export const BACKOFF_MS = 55_000;

const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: 'backoff' });

/** Before this instant no management call is made for an API; 0 when none was ever refused. */
export async function readBackoff(table: Table, api: ApiStage): Promise<EpochMs> {
  return numberOf(await getItem(table, keyOf(api)), 'untilMs') ?? 0;
}

/** @param retryAfterMs what AWS asked for, if it did */
export async function backOff(
  table: Table,
  api: ApiStage,
  now: EpochMs,
  retryAfterMs: number | undefined,
): Promise<void> {
  await putItem(table, keyOf(api), { untilMs: now + Math.max(BACKOFF_MS, retryAfterMs ?? 0) });
}
