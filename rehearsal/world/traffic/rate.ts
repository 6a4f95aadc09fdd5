import type { Rps } from '../../../shared/platform/units.ts';

/** A demand (or a capacity) as a pure function of the seconds since the scenario's start; never negative. */
export type RateFunction = (seconds: number) => Rps;

export const constant =
  (level: Rps): RateFunction =>
  () =>
    level;

/** `before` until `atSeconds`, `after` from then on. */
export const step =
  (before: Rps, after: Rps, atSeconds: number): RateFunction =>
  (seconds) =>
    seconds < atSeconds ? before : after;

/** `level` from `startSeconds` (inclusive) to `endSeconds` (exclusive), else nothing. */
export const during =
  (level: Rps, startSeconds: number, endSeconds: number): RateFunction =>
  (seconds) =>
    seconds >= startSeconds && seconds < endSeconds ? level : 0;

/** A straight line from `before` to `after` between two instants, level outside them. */
export const ramp =
  (before: Rps, after: Rps, startSeconds: number, endSeconds: number): RateFunction =>
  (seconds) => {
    const progress = Math.min(1, Math.max(0, (seconds - startSeconds) / (endSeconds - startSeconds)));
    return before + (after - before) * progress;
  };

export interface FlashCrowdShape {
  readonly base: Rps;
  readonly peak: Rps;
  readonly startSeconds: number;
  /** How long the crowd takes to arrive, seconds (> 0). */
  readonly riseSeconds: number;
  /** How long it stays at the peak, seconds. */
  readonly holdSeconds: number;
  /** After that the excess falls to 1/e of itself in this many seconds (> 0). */
  readonly decaySeconds: number;
}

/** A crowd that comes fast, stays, and leaves slowly. */
export const flashCrowd = (shape: FlashCrowdShape): RateFunction => {
  const fullSeconds = shape.startSeconds + shape.riseSeconds;
  const leavesSeconds = fullSeconds + shape.holdSeconds;
  const rise = ramp(shape.base, shape.peak, shape.startSeconds, fullSeconds);
  return (seconds) => {
    if (seconds <= leavesSeconds) return rise(seconds);
    const excess = (shape.peak - shape.base) * Math.exp((leavesSeconds - seconds) / shape.decaySeconds);
    return shape.base + excess;
  };
};

/** `high` for `onSeconds`, then `low` for `offSeconds`, again and again from second 0. */
export const bursts =
  (low: Rps, high: Rps, onSeconds: number, offSeconds: number): RateFunction =>
  (seconds) =>
    seconds % (onSeconds + offSeconds) < onSeconds ? high : low;

/** One smooth wave per `periodSeconds` between `low` (at second 0) and `high` (half a period later). */
export const diurnal =
  (low: Rps, high: Rps, periodSeconds: number): RateFunction =>
  (seconds) =>
    low + ((high - low) * (1 - Math.cos((2 * Math.PI * seconds) / periodSeconds))) / 2;

export const sum =
  (...parts: readonly RateFunction[]): RateFunction =>
  (seconds) =>
    parts.reduce((total, part) => total + part(seconds), 0);

export const scaled =
  (rate: RateFunction, factor: number): RateFunction =>
  (seconds) =>
    rate(seconds) * factor;
