import type { EpochMs } from '../platform/units.ts';
import type { Desired } from '../state/desired.ts';

/** Control says anew what it desires in every tick, so at least once a minute. */
const STALE_MS = 150_000;

/** Whether control has not stood behind this for more than two ticks: it fell silent, and the fail-safe may be at work. */
export function isStale({ decidedMs }: Desired, now: EpochMs): boolean {
  return now - decidedMs > STALE_MS;
}
