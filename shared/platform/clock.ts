import type { EpochMs } from './units.ts';

/** The one source of time of a function; tests hand in their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): EpochMs;
}

export const systemClock: Clock = { now: () => Date.now() };
