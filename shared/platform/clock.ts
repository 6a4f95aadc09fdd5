import type { EpochMs } from './units.ts';

/** A function's only source of time; tests inject their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): EpochMs;
}

export const systemClock: Clock = { now: () => Date.now() };
