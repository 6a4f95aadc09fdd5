import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS, isPlausible } from './items/ceilings.ts';
import { type Attributes, type Key, nowOf, numberOf, putItem, type Table } from './items/table.ts';

/**
 * How long the management calls are left to others once AWS has refused one: a whole tick, and a little less than the
 * time between two, so that the next scheduled one is not missed.
 */
export const BACKOFF_MS = 55_000;

export const BACKOFF = 'backoff';
const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: BACKOFF });

/** For the log, when AWS asks for a longer wait than is granted. */
export const ASKED_TOO_MUCH = 'AWS asked to be left alone for longer than the ceiling; we wait for as long as that.';

/** How long to stand back when AWS asks for so long, or for nothing in particular: never for longer than the ceiling. */
export function standBackMs(retryAfterMs: number | undefined): number {
  return Math.min(CEILING_MS.standBack, Math.max(BACKOFF_MS, retryAfterMs ?? 0));
}

/** Before this instant no management call is made for an API; 0 when none was ever refused. */
export function backoffIn(table: Table, api: ApiStage, item: Attributes | undefined): EpochMs {
  if (item === undefined) return 0;
  const untilMs = numberOf(item, 'untilMs');
  if (untilMs !== undefined && isPlausible(untilMs, nowOf(table), CEILING_MS.standBack)) return untilMs;
  const why = 'untilMs is no instant within the ceiling';
  table.report?.({ key: keyOf(api), why, item, blank: { untilMs: 0 } });
  return 0;
}

/** @param retryAfterMs what AWS asked for, if it did */
export async function backOff(
  table: Table,
  api: ApiStage,
  now: EpochMs,
  retryAfterMs: number | undefined,
): Promise<void> {
  await putItem(table, keyOf(api), { untilMs: now + standBackMs(retryAfterMs) });
}
