import type { CostUnitsPerSecond, EpochMs } from '../../../platform/units.ts';
import { NUMBERS } from '../constants.ts';
import type { Belief, NextState } from '../next-state.ts';
import { ACTS_AFTER_MS, standingAt } from './backlog.ts';
import { afterOverload, borne, capacityOf, climbed, failedAt, measured, relieved, untestedLog } from './capacity.ts';
import { type ErrorFinding, loadChance, testShare } from './error-judgement.ts';
import type { Feel } from './latency.ts';
import type { Reading } from './reading.ts';

/** Above this share of failures among slow answers the backend mostly works on requests that have timed out. */
const MOST_FAILED = 0.5;
/** Above this share completions are no measure of capacity. */
const SOME_FAILED = 0.1;

/** The rule that fires on a window's evidence. */
export type Rule =
  | 'overload'
  | 'first-overload'
  | 'nothing-answered'
  | 'error-test'
  | 'errors-are-load'
  | 'errors-not-load'
  | 'capacity-returns'
  | 'slow-by-nature'
  | 'near-knee'
  | 'slow-tenant'
  | 'too-few-answers'
  | 'healthy';

/** One window, and the state before it. */
export interface Evidence {
  readonly before: NextState;
  readonly reading: Reading;
  readonly feel: Feel | undefined;
  readonly errors: ErrorFinding;
  readonly refusedShare: number;
  readonly isSettled: boolean;
  readonly now: EpochMs;
}

export interface Judged {
  readonly belief: Belief;
  readonly rule: Rule;
  /** Seconds of work that are assumed to wait, although latency does not show them yet: after a sudden loss of capacity. */
  readonly suddenSeconds?: number;
}

/** Updates the belief by one window, and names the rule that did. */
export function judge(evidence: Evidence): Judged {
  const { before, feel, reading, errors } = evidence;
  const { belief } = before;
  if (feel === undefined || reading.answers < NUMBERS.leastAnswers / 2) return { belief, rule: 'too-few-answers' };
  if (feel.isOverloaded && feel.wastedShare > MOST_FAILED)
    return { belief: cutBlindly(belief, evidence.now), rule: 'nothing-answered' };
  if (feel.isOverloaded) {
    const judged = overloaded(evidence, feel);
    const isFirst = before.last?.isOverloaded !== true;
    const failed = judged.belief.log < belief.log || isFirst ? failedAt(judged.belief, evidence.now) : judged.belief;
    return { ...judged, belief: isFirst ? afterOverload(failed, evidence.now) : failed };
  }
  switch (errors.verdict) {
    case 'test':
      return { belief: measuredLow(belief, testShare * reading.admittedCups, 0), rule: 'error-test' };
    case 'load':
      return { belief: measured(belief, reading.completedCups, reading.chance), rule: 'errors-are-load' };
    case 'other':
      return {
        belief: { ...belief, log: Math.max(belief.log, before.errors.test?.log ?? 0) },
        rule: 'errors-not-load',
      };
    default:
      return healthy(evidence, feel);
  }
}

function overloaded(evidence: Evidence, feel: Feel): Judged {
  const { before, reading } = evidence;
  const { belief, last } = before;
  const { completedCups, admittedCups } = reading;
  if (feel.wastedShare > SOME_FAILED) return { belief, rule: 'overload' };
  const isFull = !isBraked(evidence);
  if (feel.isBusyThroughout && (isFull || completedCups > capacityOf(belief))) {
    return { belief: measured(belief, completedCups, reading.chance), rule: 'overload' };
  }
  // A braked backend completes what it is given, and one that finishes a queue is idle afterwards: neither shows capacity.
  if (!isFull || last?.isOverloaded === true) return { belief, rule: 'overload' };
  const isLoss = last !== null && completedCups < NUMBERS.suddenShare * last.completedCups;
  const didRise = !isLoss && (last === null || admittedCups > NUMBERS.roseFactor * last.admittedCups);
  // After a rise of demand the estimate was untested, so it falls by little. Where a limit was reached, the estimate was wrong.
  const cups =
    didRise && !before.isBinding
      ? Math.max(completedCups, NUMBERS.firstCutShare * capacityOf(belief))
      : Math.min(completedCups, NUMBERS.firstCutShare * capacityOf(belief));
  return {
    belief: measuredLow(belief, cups, reading.chance),
    rule: 'first-overload',
    ...(isLoss ? { suddenSeconds: NUMBERS.suddenSeconds } : {}),
  };
}

/** The stage stood well below the estimate in order to drain a queue, and the queue shrinks. */
function isBraked({ before, reading, feel }: Evidence): boolean {
  const { last, belief } = before;
  const standing = standingAt(before.standings, (reading.startMs + reading.endMs) / 2);
  const isLow = standing !== undefined && standing.cups > 0 && standing.cups < NUMBERS.brakedShare * capacityOf(belief);
  const isStuck = last?.isBusyThroughout === true && (feel?.waitSeconds ?? 0) > NUMBERS.stuckShare * last.waitSeconds;
  return isLow && !isStuck;
}

/** Few requests succeed, so capacity cannot be measured: the estimate is halved, down to a floor that still lets answers be observed. */
function cutBlindly(belief: Belief, now: EpochMs): Belief {
  const least = belief.provenLog + Math.log(NUMBERS.leastProvenShare);
  const log = Math.min(belief.log, Math.max(belief.log - Math.LN2, least));
  return {
    ...belief,
    log,
    variance: 0.25,
    isMeasured: true,
    failedLog: null,
    climbStep: NUMBERS.mostClimb,
    movedMs: now,
  };
}

function measuredLow(belief: Belief, cups: CostUnitsPerSecond, error: number): Belief {
  return Math.log(Math.max(1e-3, cups)) < belief.log ? measured(belief, cups, error) : belief;
}

function healthy(evidence: Evidence, feel: Feel): Judged {
  const { before, errors } = evidence;
  const isSuspect = errors.isErring && loadChance(errors.judgement) > 0.3;
  const room = isSuspect ? 0 : Math.max(0, 1 - feel.strain / NUMBERS.kneeShare);
  if (feel.strain > 1.1 * NUMBERS.kneeShare) return { belief: eased(evidence, feel), rule: 'near-knee' };
  if (before.isBinding && evidence.refusedShare > NUMBERS.leastRefused) return climbing(evidence, feel, room);
  return {
    belief: borneBy(evidence, room),
    rule: feel.slowTier === undefined ? 'healthy' : 'slow-tenant',
  };
}

/** While a limit binds and the backend is healthy, raises the estimate a step as soon as a window shows the effect of the last step. */
function climbing({ before, reading, now }: Evidence, feel: Feel, room: number): Judged {
  const { belief } = before;
  const { admittedCups } = reading;
  const isSeen = reading.startMs >= belief.movedMs + ACTS_AFTER_MS;
  const isReached = admittedCups > NUMBERS.reachedShare * capacityOf(belief);
  const isRelieved =
    isReached &&
    belief.feltRatio > NUMBERS.loadedRatio &&
    feel.ratio - 1 < NUMBERS.relievedShare * (belief.feltRatio - 1);
  const felt = isReached ? belief.feltRatio + NUMBERS.feltGain * (feel.ratio - belief.feltRatio) : belief.feltRatio;
  const proven = {
    ...(isRelieved ? relieved(belief) : { ...belief, feltRatio: felt }),
    provenLog: Math.max(belief.provenLog, Math.log(Math.max(1e-3, admittedCups))),
  };
  if (!isSeen) return { belief: proven, rule: 'healthy' };
  const next = climbed(proven, admittedCups, room, now);
  return { belief: next, rule: next.log > belief.log ? 'capacity-returns' : 'healthy' };
}

/** Latency is past the knee: lowers the estimate a little, or to what was admitted where that is well below the estimate. */
function eased({ before, reading, now }: Evidence, feel: Feel): Belief {
  const { belief } = before;
  const { admittedCups, chance } = reading;
  if (admittedCups < NUMBERS.brakedShare * capacityOf(belief)) return measuredLow(belief, admittedCups, chance);
  if (reading.startMs < belief.movedMs + ACTS_AFTER_MS) return belief;
  const beyond = feel.strain / NUMBERS.kneeShare - 1;
  return failedAt({ ...belief, log: belief.log - NUMBERS.easeShare * Math.min(2, 4 * beyond) }, now);
}

/** After a healthy window without refusals. A measured capacity fades towards the estimate for an untested backend. */
function borneBy({ before, reading }: Evidence, room: number): Belief {
  const belief = borne(before.belief, reading.admittedCups, reading.chance, room);
  const smoothed = belief.room + NUMBERS.roomGain * (room - belief.room);
  const untested = belief.provenLog + untestedLog(smoothed);
  const forgotten = 1 - 0.5 ** (reading.seconds / NUMBERS.forgetSeconds);
  const log = belief.isMeasured ? belief.log + forgotten * Math.max(0, untested - belief.log) : belief.log;
  return { ...belief, log, room: smoothed };
}

/** Remembers the busiest slow window, and counts later ones that are as slow with less load: their latency is no queue. */
export function slowAfter({ before, reading, feel }: Evidence): NextState['slow'] {
  const { slow } = before;
  if (feel === undefined) return slow;
  if (feel.strain <= NUMBERS.kneeShare && !feel.isOverloaded) return null;
  const { admittedCups, completedCups } = reading;
  if (slow === null || admittedCups > slow.admittedCups)
    return { admittedCups, completedCups, ratio: feel.ratio, unmoved: 0 };
  const isLess = admittedCups < NUMBERS.lessShare * slow.admittedCups && completedCups > 0.9 * admittedCups;
  if (!isLess) return slow;
  const isAsSlow = feel.ratio - 1 > NUMBERS.stillShare * (slow.ratio - 1);
  return { ...slow, unmoved: isAsSlow ? slow.unmoved + 1 : 0 };
}

/** Undoes cuts that did not lower latency: the estimate returns to what was completed before them. */
export function restored(belief: Belief, { completedCups }: NonNullable<NextState['slow']>): Belief {
  const log = Math.max(belief.log, Math.log(Math.max(1e-3, completedCups)));
  return { ...belief, log, failedLog: null, feltRatio: 1 };
}
