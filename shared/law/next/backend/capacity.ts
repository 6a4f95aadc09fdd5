import type { CostUnitsPerSecond, EpochMs } from '../../../platform/units.ts';
import { NUMBERS } from '../constants.ts';
import type { Belief } from '../next-state.ts';

/** Deviations of the normal distribution that hold 80 %. */
const DEVIATIONS_80 = 1.2816;
/** Nobody knows less than this: a factor of about 1.6 either way. */
const MOST_VARIANCE = 0.25;
const LEAST_DRIFT_SHARE = 1 / 16;

export const capacityOf = (belief: Belief): CostUnitsPerSecond => Math.exp(belief.log);

/** The rates between which capacity lies with a chance of 80 %. */
export function intervalOf({ log, variance }: Belief): readonly [CostUnitsPerSecond, CostUnitsPerSecond] {
  const half = DEVIATIONS_80 * Math.sqrt(variance);
  return [Math.exp(log - half), Math.exp(log + half)];
}

/** After some time of which nothing is known: a backend may have changed. */
export function afterSeconds(belief: Belief, seconds: number): Belief {
  return {
    ...belief,
    variance: Math.min(MOST_VARIANCE, belief.variance + belief.drift * seconds),
    provenLog: belief.provenLog - (Math.LN2 * seconds) / NUMBERS.provenHalfLifeSeconds,
  };
}

/** Capacity was measured: a full backend completed so much. `error` is the measurement's relative error. */
export function measured(belief: Belief, cups: CostUnitsPerSecond, error: number): Belief {
  const seen = Math.log(Math.max(1e-3, cups));
  const noise = error ** 2 + NUMBERS.measurementError ** 2;
  const surprise = seen - belief.log;
  const isChange = surprise ** 2 > NUMBERS.surprise ** 2 * (belief.variance + noise);
  const variance = isChange ? surprise ** 2 : belief.variance;
  const gain = variance / (variance + noise);
  const drift = isChange
    ? NUMBERS.drift
    : Math.max(LEAST_DRIFT_SHARE * NUMBERS.drift, belief.drift / NUMBERS.driftBackoff);
  return {
    ...belief,
    log: belief.log + gain * surprise,
    variance: Math.min(MOST_VARIANCE, variance * (1 - gain)),
    drift,
    isMeasured: true,
  };
}

/** Under what circumstances the backend bore a rate. */
export interface Circumstances {
  /** From 0 (latency says that the knee is near: nothing is raised) to 1. */
  readonly room: number;
  /** The limit binds and has settled: the backend was asked for as much as is believed of it, and felt nothing. */
  readonly isTested: boolean;
  /** About so much began the last overload, not long ago. */
  readonly isNearFailure: boolean;
}

/**
 * The backend bore `cups` in health, so its capacity is above: the belief is cut off below there and a normal one of the
 * same mean and variance takes its place. Far below the estimate that teaches next to nothing, above it much.
 */
export function borne(
  belief: Belief,
  cups: CostUnitsPerSecond,
  error: number,
  { room, isTested, isNearFailure }: Circumstances,
): Belief {
  if (cups <= 0) return belief;
  const noise = error ** 2 + NUMBERS.measurementError ** 2;
  const spread = Math.sqrt(belief.variance + noise);
  const distance = Math.max(-5, (belief.log - Math.log(cups)) / spread);
  const hazard = density(distance) / Math.max(1e-9, cumulative(distance));
  const shift = (belief.variance / spread) * hazard;
  const share = belief.variance / spread ** 2;
  const narrowed = belief.variance * (1 - share * hazard * (hazard + distance));
  // Asked for all that is believed and unmoved: the belief is too narrow, and the next step may be larger.
  const widened = belief.variance * (1 + (NUMBERS.widening - 1) * room * room);
  return {
    ...belief,
    log: belief.log + Math.min(isNearFailure ? NUMBERS.raiseNearFailure : NUMBERS.largestRaise, room * shift),
    variance: Math.min(
      MOST_VARIANCE,
      isTested && !isNearFailure ? Math.max(narrowed, room > 0.7 ? widened : 0) : narrowed,
    ),
    provenLog: Math.max(belief.provenLog, Math.log(cups) - error),
  };
}

/** A step back to what used to be fine, where the backend feels no load any more: twice the last one. */
export function jumped(belief: Belief): Belief {
  const step = Math.min(belief.provenLog - belief.log, belief.jumpStep);
  return { ...belief, log: belief.log + step, jumpStep: 2 * belief.jumpStep };
}

/** By how much further the next steps back may lead: plans are written ahead of them, for their writes are few. */
export function leadOf({ jumpStep, provenLog, log }: Belief): number {
  return jumpStep > NUMBERS.firstJump ? Math.exp(Math.max(0, Math.min(jumpStep, provenLog - log))) : 1;
}

/** An overload has begun: no step back to the proven rate for a while, the longer the more often it failed. */
export function afterOverload(belief: Belief, now: EpochMs): Belief {
  const jumpSeconds = Math.min(NUMBERS.longestJumpSeconds, belief.jumpSeconds * 2);
  return { ...belief, jumpStep: NUMBERS.firstJump, nextJumpMs: now + belief.jumpSeconds * 1000, jumpSeconds };
}

/** No estimate falls so low that nothing more could be seen: a window after a hang would shut the API for good. */
export function notBlinding(belief: Belief): Belief {
  return { ...belief, log: Math.max(belief.log, belief.provenLog + Math.log(NUMBERS.leastProvenShare)) };
}

function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** The normal distribution function, Abramowitz and Stegun 26.2.17: to 1e-7. */
function cumulative(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    density(x) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x >= 0 ? 1 - tail : tail;
}
