import type { CostUnitsPerSecond, EpochMs } from '../../../platform/units.ts';
import { NUMBERS } from '../constants.ts';
import type { Belief } from '../next-state.ts';

/** Deviations of the normal distribution that hold 80 %. */
const DEVIATIONS_80 = 1.2816;
/** Upper bound of the variance: a standard deviation of a factor of about 1.6. */
const MOST_VARIANCE = 0.25;
const LEAST_DRIFT_SHARE = 1 / 16;

export const capacityOf = (belief: Belief): CostUnitsPerSecond => Math.exp(belief.log);

/** The 80 % interval of the capacity, cost units per second. */
export function intervalOf({ log, variance }: Belief): readonly [CostUnitsPerSecond, CostUnitsPerSecond] {
  const half = DEVIATIONS_80 * Math.sqrt(variance);
  return [Math.exp(log - half), Math.exp(log + half)];
}

/** The belief some seconds later: less certain, for the backend may have changed. */
export function afterSeconds(belief: Belief, seconds: number): Belief {
  return {
    ...belief,
    variance: Math.min(MOST_VARIANCE, belief.variance + belief.drift * seconds),
    provenLog: belief.provenLog - (Math.LN2 * seconds) / NUMBERS.provenHalfLifeSeconds,
  };
}

/** Updates the belief by what a full backend completed. @param error relative error of the measurement */
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

/**
 * Updates the belief by a rate that the healthy backend served, a lower bound of its capacity: the normal distribution is
 * truncated there and replaced by one of the same mean and variance. A rate far below the estimate changes next to nothing.
 * @param room from 0 (latency says that the knee is near: nothing is raised) to 1
 */
export function borne(belief: Belief, cups: CostUnitsPerSecond, error: number, room: number): Belief {
  if (cups <= 0) return belief;
  const noise = error ** 2 + NUMBERS.measurementError ** 2;
  const spread = Math.sqrt(belief.variance + noise);
  const distance = Math.max(-5, (belief.log - Math.log(cups)) / spread);
  const hazard = density(distance) / Math.max(1e-9, cumulative(distance));
  const shift = (belief.variance / spread) * hazard;
  const share = belief.variance / spread ** 2;
  return {
    ...belief,
    log: belief.log + Math.min(NUMBERS.largestRaise, room * shift),
    variance: belief.variance * (1 - share * hazard * (hazard + distance)),
    provenLog: Math.max(belief.provenLog, Math.log(cups) - error),
  };
}

/** The belief one step higher; unchanged while a step close to the last failure has to wait. @param room from 0 to 1 */
export function climbed(belief: Belief, admittedCups: CostUnitsPerSecond, room: number, now: EpochMs): Belief {
  const isNear = isNearFailure(belief);
  if (isNear && now < belief.nextClimbMs) return belief;
  const step = room * (isNear ? NUMBERS.firstClimb : belief.climbStep);
  const admitted = Math.log(Math.max(1e-3, admittedCups));
  const most = admitted + (isNear ? NUMBERS.triedShare + NUMBERS.unfeltShare * room ** 4 : NUMBERS.freeShare);
  const log = Math.max(belief.log, Math.min(belief.log + step, most));
  if (log - belief.log < 0.002) return belief;
  const isPast = belief.failedLog !== null && log > belief.failedLog + NUMBERS.pastFailure;
  return {
    ...belief,
    log,
    variance: Math.min(MOST_VARIANCE, belief.variance + (log - belief.log) ** 2),
    climbStep: isNear ? belief.climbStep : Math.min(NUMBERS.mostClimb, 2 * belief.climbStep),
    movedMs: now,
    ...(isPast ? { failedLog: null, climbWaitSeconds: NUMBERS.climbSeconds } : {}),
  };
}

/** Whether the estimate is close to the rate that failed last, or beyond that rate. */
function isNearFailure({ log, failedLog, provenLog }: Belief): boolean {
  if (failedLog === null) return log > provenLog;
  return log > failedLog - NUMBERS.nearFailure;
}

/** Forgets the last failure: at the limit, latency has fallen to that of an unloaded backend. */
export function relieved(belief: Belief): Belief {
  return {
    ...belief,
    failedLog: null,
    feltRatio: 1,
    nextClimbMs: 0,
    climbStep: Math.max(belief.climbStep, NUMBERS.mostClimb / 2),
  };
}

/** By what factor the next two steps may raise the estimate. Plans are written for that, since few plan writes are allowed. */
export function leadOf(belief: Belief): number {
  const { climbStep, provenLog, log, failedLog } = belief;
  if (isNearFailure(belief) || climbStep <= NUMBERS.freeClimb) return 1;
  const most = Math.min(2 * climbStep, Math.max(provenLog, failedLog ?? provenLog) - log);
  return Math.min(NUMBERS.mostLead, Math.exp(Math.max(0, most)));
}

/** Remembers that the backend failed at this estimate. */
export function failedAt(belief: Belief, now: EpochMs): Belief {
  return { ...belief, failedLog: belief.log + NUMBERS.congestionCost, movedMs: now, climbStep: NUMBERS.freeClimb };
}

/** Forbids steps close to the failure for a while, twice as long after each overload. */
export function afterOverload(belief: Belief, now: EpochMs): Belief {
  return {
    ...belief,
    nextClimbMs: now + belief.climbWaitSeconds * 1000,
    climbWaitSeconds: Math.min(NUMBERS.longestClimbSeconds, 2 * belief.climbWaitSeconds),
  };
}

/** By how much the capacity of an untested backend is assumed to exceed the highest rate it served, as a logarithm. */
export function untestedLog(room: number): number {
  return Math.log(1 + (NUMBERS.untestedFactor - 1) * room);
}

/** Bounds the estimate from below, so that enough requests are admitted to observe a recovery. */
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
