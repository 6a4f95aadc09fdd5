import type { Random } from '@tidegate/embedded-aws/kernel';
import type { ClientBehaviour } from './scenario.ts';

/** What the gateway's 429 says in `Retry-After`, seconds. */
export const RETRY_AFTER_SECONDS = 1;
/** The longest time that a client waits before a retry. */
export const LONGEST_RETRY_DELAY_MS = 60_000;
/** An immediate retry still needs a round trip. */
const ROUND_TRIP_MS = 20;

/**
 * How long a client waits before it tries again after `attempt` (1: the first) ended with `status`.
 * @returns whole milliseconds from 1 to LONGEST_RETRY_DELAY_MS, or undefined if the client gives up or is done.
 */
export function retryDelayMs(
  behaviour: ClientBehaviour,
  attempt: number,
  status: number,
  random: Random,
): number | undefined {
  if (status !== 429 && status < 500) return undefined;
  if (behaviour.kind === 'none' || attempt >= behaviour.maxAttempts) return undefined;
  switch (behaviour.kind) {
    case 'immediate':
      return ROUND_TRIP_MS;
    case 'backoff':
      return fullJitterMs(behaviour.baseMs, behaviour.capMs, attempt, random);
    case 'retry-after':
      if (status === 429) return RETRY_AFTER_SECONDS * 1000 + Math.ceil(random() * 1000);
      return fullJitterMs(1000, LONGEST_RETRY_DELAY_MS, attempt, random);
  }
}

function fullJitterMs(baseMs: number, capMs: number, attempt: number, random: Random): number {
  const spanMs = Math.min(capMs, LONGEST_RETRY_DELAY_MS, baseMs * 2 ** (attempt - 1));
  return Math.max(1, Math.ceil(random() * spanMs));
}
