import type { Policy } from '../../../policy/schema/policy-schema.ts';
import { NUMBERS } from '../constants.ts';
import { LAW_POLICY } from '../law-policy.ts';
import type { ErrorJudgement } from '../next-state.ts';
import type { Reading } from './reading.ts';

/** Fewer errors than this are none. */
const CLEAN_SHARE = 0.01;
const MOST_LOG_ODDS = 3;

export interface ErrorFinding {
  readonly judgement: ErrorJudgement;
  /** More errors than the objective allows, at a latency that shows no load. */
  readonly isErring: boolean;
  /** What to do: nothing, cut to find out, treat successes as the capacity, or take the cut back. */
  readonly verdict: 'none' | 'wait' | 'test' | 'load' | 'other';
}

/** How likely it is that load causes the errors, from 0 to 1. */
export const loadChance = ({ logOdds }: ErrorJudgement): number => 1 / (1 + Math.exp(-logOdds));

/**
 * Errors at a healthy latency may come from a bad release or from too much load. If from load, they began when more was
 * let in than ever went well, and successes do not fall when less is let in. Both move the odds; neither decides alone.
 */
export function judgeErrors(
  before: ErrorJudgement,
  reading: Reading,
  { isOverloaded, log }: { readonly isOverloaded: boolean; readonly log: number },
  policy: Policy,
): ErrorFinding {
  const kept = 0.5 ** (reading.seconds / NUMBERS.verdictSeconds);
  const { admittedCups, completedCups, errorShare, answers } = reading;
  const allowed = policy.objective.errorShare;
  const deviation = Math.sqrt(allowed / Math.max(1, answers));
  const isErring = errorShare > allowed + deviation;
  const faded: ErrorJudgement = {
    ...before,
    logOdds: before.logOdds * kept,
    cleanCups: Math.max(before.cleanCups * kept, errorShare < CLEAN_SHARE ? admittedCups : 0),
  };
  // A queue that overflows is told by latency; its errors say nothing more.
  if (isOverloaded) return { judgement: { ...faded, test: null }, isErring, verdict: 'none' };
  if (faded.test !== null) return judgeTest(faded, faded.test, reading, isErring);
  if (!isErring) return { judgement: faded, isErring, verdict: 'none' };
  const ratio = admittedCups / Math.max(1e-3, faded.cleanCups);
  const beyond = ratio > NUMBERS.beyondFactor ? 1 : ratio < 1 ? -1 : 0;
  const judgement = { ...faded, logOdds: bounded(faded.logOdds + NUMBERS.windowEvidence * beyond) };
  // A cut of a quarter must be worth what it costs: few errors only forbid raises.
  if (loadChance(judgement) < NUMBERS.suspicion || errorShare < NUMBERS.testFactor * allowed)
    return { judgement, isErring, verdict: 'none' };
  const test = { admitted: admittedCups, succeeded: completedCups, log, seconds: 0 };
  return { judgement: { ...judgement, test }, isErring, verdict: 'test' };
}

function judgeTest(
  before: ErrorJudgement,
  test: NonNullable<ErrorJudgement['test']>,
  reading: Reading,
  isErring: boolean,
): ErrorFinding {
  const { admittedCups, completedCups } = reading;
  const isTold = admittedCups < (1 - NUMBERS.tellingShare) * test.admitted && completedCups > 0;
  const seconds = test.seconds + reading.seconds;
  if (!isTold && seconds > NUMBERS.testSeconds)
    return { judgement: { ...before, test: null }, isErring, verdict: 'other' };
  if (!isTold) return { judgement: { ...before, test: { ...test, seconds } }, isErring, verdict: 'wait' };
  const elasticity = Math.log(completedCups / Math.max(1e-3, test.succeeded)) / Math.log(admittedCups / test.admitted);
  const logOdds = bounded(before.logOdds + NUMBERS.testEvidence * (0.5 - Math.min(1.5, Math.max(-0.5, elasticity))));
  const judgement = { ...before, logOdds, test: null };
  return { judgement, isErring, verdict: logOdds > 0 ? 'load' : 'other' };
}

const bounded = (value: number) => Math.min(MOST_LOG_ODDS, Math.max(-MOST_LOG_ODDS, value));

/** What is let in while it is found out. */
export const testShare = 1 - LAW_POLICY.testCutShare;
