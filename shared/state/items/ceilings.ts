import type { EpochMs } from '../../platform/units.ts';
import type { Attributes } from './table.ts';

/** How far the clocks of two functions may be apart: no honest report of the past lies further ahead than this. */
export const CLOCK_SKEW_MS = 5_000;

/**
 * How far ahead of now an instant that is read from the table can honestly lie, in milliseconds, by what it bounds. A
 * later one is damage: it is ignored and reported, so that no item can hold the loop up for longer than this.
 */
export const CEILING_MS = {
  /** Something that has happened already: a decision, a write, a look, a claim. */
  past: 0,
  /** The lease of an API: `LEASE_MS`. */
  lease: 45_000,
  /** Standing back from management calls, also where `Retry-After` asks for more. */
  standBack: 120_000,
  /** Wake-ups that are on their way: the time between two scheduled ticks, and the longest spacing of two wake-ups. */
  wakeUps: 120_000,
  /** A look that is to come when an interval is over. */
  trailingLook: 10_000,
  /** A limit that was written and is not yet in force everywhere. */
  takingEffect: 60_000,
  /** The drain of a backlog. */
  drain: 3_600_000,
  /** A limit of somebody else's that is left alone: the longest `drift.holdSeconds` that a policy may ask for. */
  driftHold: 604_800_000,
} as const;

/** Least time between two plan writes that a policy may ask for, at most, with its margin. */
export const LONGEST_PLAN_INTERVAL_MS = 3_601_000;

/** Whether an instant can honestly be in the table at `now`. */
export function isPlausible(atMs: EpochMs, now: EpochMs, aheadMs: number): boolean {
  return Number.isFinite(atMs) && atMs >= 0 && atMs <= now + aheadMs + CLOCK_SKEW_MS;
}

/** The condition that an attribute is no instant that can honestly be there; its values are those of `ceilingValues`. */
export const isDamaged = (name: string): string => `(#${name} > :most OR NOT attribute_type(#${name}, :number))`;

/** The condition that what an attribute bounds is over: there is none, it is past, or it is damaged. */
export const isOver = (name: string, instant: ':now' | ':atMs' | ':untilMs' | ':before' = ':now'): string =>
  `(attribute_not_exists(#${name}) OR #${name} <= ${instant} OR ${isDamaged(name)})`;

export const ceilingValues = (now: EpochMs, aheadMs: number): Attributes => ({
  most: now + aheadMs + CLOCK_SKEW_MS,
  number: 'N',
});
