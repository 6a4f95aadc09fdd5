import type { ApiStage } from '../../../shared/platform/api-stage.ts';
import { ASKED_TOO_MUCH, backOff, standBackMs } from '../../../shared/state/backoff.ts';
import type { ControlDependencies } from '../dependencies.ts';

/** Leaves the management calls of an API to others for a while, because AWS refused one. */
export async function standBack(
  { table, clock, logger }: ControlDependencies,
  api: ApiStage,
  retryAfterMs: number | undefined,
): Promise<void> {
  const waitMs = standBackMs(retryAfterMs);
  if (retryAfterMs !== undefined && retryAfterMs > waitMs)
    logger.warn(ASKED_TOO_MUCH, { askedMs: retryAfterMs, waitMs });
  await backOff(table, api, clock.now(), retryAfterMs);
}
