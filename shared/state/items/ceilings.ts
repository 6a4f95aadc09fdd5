import type { EpochMs } from '../../platform/units.ts';
import type { Attributes } from './table.ts';

/** Largest clock difference between two functions: no valid past instant lies further ahead of now. */
export const CLOCK_SKEW_MS = 5_000;

/**
 * How far ahead of now a valid stored instant can lie, in milliseconds, by purpose. A later instant is damage: it is ignored
 * and reported, so that no item can stop the loop for longer.
 */
export const CEILING_MS = {
  /** A past event: a decision, a write, a look, a report. */
  past: 0,
  /** The lease of an API: `LEASE_MS`. */
  lease: 45_000,
  /** Backing off from management calls, even if `Retry-After` asks for more. */
  standBack: 120_000,
  /** Pending wake-ups: the time between two scheduled ticks plus the longest spacing of two wake-ups. */
  wakeUps: 120_000,
  /** A postponed look. */
  trailingLook: 10_000,
  /** A written limit that is not yet in force everywhere. */
  takingEffect: 60_000,
  /** The drain of a backlog. */
  drain: 3_600_000,
  /** A held change by somebody else: the largest `drift.holdSeconds` that a policy may set. */
  driftHold: 604_800_000,
} as const;

/** The largest interval between plan writes that a policy may set, with its margin. */
export const LONGEST_PLAN_INTERVAL_MS = 3_601_000;

/** Whether an instant can validly be in the table at `now`. */
export function isPlausible(atMs: EpochMs, now: EpochMs, aheadMs: number): boolean {
  return Number.isFinite(atMs) && atMs >= 0 && atMs <= now + aheadMs + CLOCK_SKEW_MS;
}

/** The condition that an attribute is not a valid instant; its values are those of `ceilingValues`. */
export const isDamaged = (name: string): string => `(#${name} > :most OR NOT attribute_type(#${name}, :number))`;

/** The condition that the instant of an attribute is absent, past, or damaged. */
export const isOver = (name: string, instant: ':now' | ':atMs' | ':untilMs' | ':before' = ':now'): string =>
  `(attribute_not_exists(#${name}) OR #${name} <= ${instant} OR ${isDamaged(name)})`;

export const ceilingValues = (now: EpochMs, aheadMs: number): Attributes => ({
  most: now + aheadMs + CLOCK_SKEW_MS,
  number: 'N',
});
