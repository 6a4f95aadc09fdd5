import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS, isPlausible } from './items/ceilings.ts';
import { type Attributes, type Key, nowOf, numberOf, putItem, type Table } from './items/table.ts';

/**
 * How long control makes no management calls after AWS refused one: nearly a whole tick, but less than the time between
 * two ticks, so that the next scheduled tick is not skipped.
 */
export const BACKOFF_MS = 55_000;

export const BACKOFF = 'backoff';
const keyOf = (api: ApiStage): Key => ({ pk: `API#${apiStageName(api)}`, sk: BACKOFF });

/** For the log, when AWS asks for a longer wait than is granted. */
export const ASKED_TOO_MUCH = 'AWS asked for a wait longer than the ceiling; Tidegate waits for the ceiling.';

/** How long to back off: as long as AWS asks, or `BACKOFF_MS` by default, but never longer than the ceiling. */
export function standBackMs(retryAfterMs: number | undefined): number {
  return Math.min(CEILING_MS.standBack, Math.max(BACKOFF_MS, retryAfterMs ?? 0));
}

/** No management call is made for an API before this instant; 0 if none was ever refused. */
export function backoffIn(table: Table, api: ApiStage, item: Attributes | undefined): EpochMs {
  if (item === undefined) return 0;
  const untilMs = numberOf(item, 'untilMs');
  if (untilMs !== undefined && isPlausible(untilMs, nowOf(table), CEILING_MS.standBack)) return untilMs;
  const why = 'untilMs is not an instant within the ceiling';
  table.report?.({ key: keyOf(api), why, item, blank: { untilMs: 0 } });
  return 0;
}

/** @param retryAfterMs the wait that AWS asked for, if any */
export async function backOff(
  table: Table,
  api: ApiStage,
  now: EpochMs,
  retryAfterMs: number | undefined,
): Promise<void> {
  await putItem(table, keyOf(api), { untilMs: now + standBackMs(retryAfterMs) });
}
