import type { CostUnitsPerSecond, EpochMs } from '../../../platform/units.ts';
import { NUMBERS } from '../constants.ts';
import type { Belief, NextState } from '../next-state.ts';
import { standingAt } from './backlog.ts';
import { afterOverload, borne, capacityOf, jumped, measured } from './capacity.ts';
import { type ErrorFinding, loadChance, testShare } from './error-judgement.ts';
import type { Feel } from './latency.ts';
import type { Reading } from './reading.ts';

/** So close to the proven rate is back there, as a logarithm. */
const BACK = 0.05;

/** The rule that a window's evidence fires. */
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

/** One window with what was known before it. */
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
  /** So much work waits, whatever latency says: a sudden loss shows late. */
  readonly suddenSeconds?: number;
}

/** What one window says of the capacity. */
export function judge(evidence: Evidence): Judged {
  const { before, feel, reading, errors } = evidence;
  const { belief } = before;
  if (feel === undefined || reading.answers < NUMBERS.leastAnswers / 2) return { belief, rule: 'too-few-answers' };
  if (feel.isOverloaded) {
    const judged = overloaded(evidence, feel);
    if (before.last?.isOverloaded === true) return judged;
    return { ...judged, belief: { ...afterOverload(judged.belief, evidence.now), failedLog: belief.log } };
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
  if (completedCups < 0.01 * capacityOf(belief)) return { belief: cutBlindly(belief), rule: 'nothing-answered' };
  const isFull = !isBraked(evidence);
  if (feel.isBusyThroughout && (isFull || completedCups > capacityOf(belief))) {
    return { belief: measured(belief, alongTrend(completedCups, evidence), 0), rule: 'overload' };
  }
  // What is braked completes what it is given: the backend can do more.
  if (!isFull) return { belief, rule: 'overload' };
  const isLoss = last !== null && completedCups < NUMBERS.suddenShare * last.completedCups;
  const didRise = !isLoss && (last === null || admittedCups > NUMBERS.roseFactor * last.admittedCups);
  // A rise of demand meets an estimate that was never tried; a limit that was reached has failed, whatever was completed late.
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

/** Less than the estimate was let in on purpose, to drain a queue, and the queue does shrink. */
function isBraked({ before, reading, feel }: Evidence): boolean {
  const { last, belief } = before;
  const standing = standingAt(before.standings, (reading.startMs + reading.endMs) / 2);
  const isLow = standing !== undefined && standing.cups > 0 && standing.cups < NUMBERS.brakedShare * capacityOf(belief);
  const isStuck = last?.isBusyThroughout === true && (feel?.waitSeconds ?? 0) > NUMBERS.stuckShare * last.waitSeconds;
  return isLow && !isStuck;
}

/** Nothing comes back: what can be known is only that less should go in; but not so little that nothing could be seen. */
function cutBlindly(belief: Belief): Belief {
  return { ...belief, log: Math.max(belief.log - 0.7, belief.provenLog - 1), variance: 0.25, isMeasured: true };
}

function measuredLow(belief: Belief, cups: CostUnitsPerSecond, error: number): Belief {
  return Math.log(Math.max(1e-3, cups)) < belief.log ? measured(belief, cups, error) : belief;
}

/** A course goes on until a command acts: where completions fall, they will have fallen further by then. */
function alongTrend(cups: CostUnitsPerSecond, { before, reading }: Evidence): CostUnitsPerSecond {
  const { last } = before;
  if (last === null || !last.isBusyThroughout || last.endMs !== reading.startMs) return cups;
  const fall = Math.min(0, cups - last.completedCups);
  if (-fall < 2 * reading.chance * cups) return cups;
  return Math.max(
    NUMBERS.trendShare * cups,
    cups + (NUMBERS.trendShare * fall * NUMBERS.trendSeconds) / reading.seconds,
  );
}

function healthy(evidence: Evidence, feel: Feel): Judged {
  const { before, reading, errors, isSettled, now } = evidence;
  const { belief } = before;
  const { admittedCups } = reading;
  const isSuspect = errors.isErring && loadChance(errors.judgement) > 0.3;
  const room = isSuspect ? 0 : Math.max(0, 1 - feel.strain / NUMBERS.kneeShare);
  if (feel.strain > 1.1 * NUMBERS.kneeShare) return { belief: eased(evidence, feel), rule: 'near-knee' };
  const isTested =
    isSettled && before.isBinding && evidence.refusedShare > 0.01 && admittedCups > 0.88 * capacityOf(belief);
  const jump = isTested && before.backlog.seconds < 0.2 ? jumpFrom(belief, feel, room, now) : undefined;
  if (jump !== undefined) return { belief: jump, rule: 'capacity-returns' };
  const tried = raisedBy(evidence, room, isTested);
  const isBack = tried.provenLog - tried.log < BACK;
  return {
    belief: {
      ...tried,
      feltRatio: isTested ? belief.feltRatio + NUMBERS.feltGain * (feel.ratio - belief.feltRatio) : belief.feltRatio,
      ...(isBack ? { jumpSeconds: NUMBERS.jumpSeconds } : {}),
    },
    rule: feel.slowTier === undefined ? 'healthy' : 'slow-tenant',
  };
}

/** Past the knee: a little less at the limit; below it the backend bears less than was believed. */
function eased({ before, reading, isSettled }: Evidence, feel: Feel): Belief {
  const { belief } = before;
  const { admittedCups, chance } = reading;
  if (admittedCups < NUMBERS.brakedShare * capacityOf(belief)) return measuredLow(belief, admittedCups, chance);
  const beyond = feel.strain / NUMBERS.kneeShare - 1;
  return isSettled ? { ...belief, log: belief.log - NUMBERS.easeShare * Math.min(2, 4 * beyond) } : belief;
}

/** The backend bore what was let in: how far the estimate may follow. */
function raisedBy({ before, reading, isSettled, now }: Evidence, room: number, isTested: boolean): Belief {
  const { belief, isBinding } = before;
  const { admittedCups, chance } = reading;
  if (!isSettled && admittedCups <= capacityOf(belief)) return belief;
  const isNearFailure = now < belief.nextJumpMs && belief.log > belief.failedLog - NUMBERS.nearFailure;
  const raised = borne(belief, admittedCups, chance, { room, isTested, isNearFailure });
  const factor = NUMBERS.triedFactor + NUMBERS.unfeltShare * room ** 4;
  const most = Math.max(belief.log, Math.log(factor * Math.max(1e-3, admittedCups)));
  return isBinding ? { ...raised, log: Math.min(raised.log, most) } : raised;
}

/** Back towards the proven rate, where latency shows no load at the limit; at once where it showed some before. */
function jumpFrom(belief: Belief, feel: Feel, room: number, now: EpochMs): Belief | undefined {
  const isRelieved =
    belief.feltRatio > NUMBERS.loadedRatio && feel.ratio - 1 < NUMBERS.relievedShare * (belief.feltRatio - 1);
  const isDue = isRelieved || now >= belief.nextJumpMs;
  if (!isDue || room < NUMBERS.jumpRoom || belief.provenLog - belief.log < BACK) return undefined;
  return jumped({ ...belief, ...(isRelieved ? { nextJumpMs: now } : {}) });
}

/** Windows in a row that stayed as slow although the queue should have fallen: then it is no queue. */
export function unmovedAfter({ before, reading, feel, isSettled, errors }: Evidence): number {
  const { last, belief } = before;
  if (feel === undefined || !feel.isBusyThroughout || last === null || !last.isOverloaded || errors.isErring) return 0;
  const isLess = isSettled && reading.admittedCups < 1.02 * capacityOf(belief);
  if (!isLess) return before.unmoved;
  return feel.waitSeconds > (1 - NUMBERS.fallenShare) * last.waitSeconds && feel.waitSeconds < 1.15 * last.waitSeconds
    ? before.unmoved + 1
    : 0;
}
