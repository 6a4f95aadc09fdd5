import { limitOf } from '../../limits/limits.ts';
import type { MethodKey } from '../../limits/method-key.ts';
import { own } from '../../platform/records.ts';
import type { CostUnitsPerSecond, EpochMs } from '../../platform/units.ts';
import { ALL, type Window } from '../../telemetry/window.ts';
import type { LawInput } from '../types.ts';
import { attemptsAfter, refusedShareOf, seenIn, throughPlans, updateDemand } from './asking/asked-demand.ts';
import { learnUsual } from './asking/usual.ts';
import { biasOf, carriedForward, passedAt, standingAt } from './backend/backlog.ts';
import { afterSeconds, capacityOf, notBlinding, untestedLog } from './backend/capacity.ts';
import { type Evidence, judge, type Rule, restored, slowAfter } from './backend/capacity-evidence.ts';
import { judgeErrors } from './backend/error-judgement.ts';
import { type BaseChange, type Feel, feelOf, updateBases } from './backend/latency.ts';
import { costOf, type Reading, readWindow, updateReach } from './backend/reading.ts';
import { NUMBERS } from './constants.ts';
import { LAW_POLICY } from './law-policy.ts';
import type { Belief, Last, NextState } from './next-state.ts';

/** What a window taught, for a person to read. */
export interface Lesson {
  readonly reading: Reading;
  readonly feel: Feel | undefined;
  readonly refusedShare: number;
  readonly rule: Rule;
}

type WorkOf = (method: MethodKey) => number;

/** Work of one request that the gateway lets through: its cost, as often as it reaches the backend at all. */
export function workOf(state: Pick<NextState, 'reach'>, { policy }: Pick<LawInput<unknown>, 'policy'>): WorkOf {
  return (method) => costOf(policy, method) * Math.max(0.02, own(state.reach, method) ?? 1);
}

/** Later than this after the newest stage limit took effect a window is lived under it, milliseconds. */
const TOLERANCE_MS = 2000;
/** Requests of a method from which its rate is more than chance. */
const MANY = 200;

/** Everything that one window says, taken in. */
export function learn(
  before: NextState,
  window: Window,
  input: LawInput<NextState>,
): { state: NextState; lesson: Lesson } {
  const seen = seenIn(window);
  const evidence = evidenceOf(before, window, input, seen);
  const { reading, feel, refusedShare } = evidence;
  const judged = judge(evidence);
  const slow = slowAfter(evidence);
  const isNature = slow !== null && slow.unmoved >= NUMBERS.unmovedWindows;
  const waits = isNature ? 0 : Math.max(feel?.waitSeconds ?? 0, judged.suddenSeconds ?? 0);
  const state: NextState = {
    ...before,
    ...askedAfter(evidence, window, seen),
    belief: notBlinding(isNature ? restored(judged.belief, slow) : judged.belief),
    errors: evidence.errors.judgement,
    bases: updateBases(before.bases, window, baseChange(evidence, isNature)),
    reach: updateReach(before.reach, reading),
    slow: isNature ? null : slow,
    slack: evidence.isSettled ? slackAfter(before.slack, evidence) : before.slack,
    backlog: backlogAfter(evidence, waits, input),
    last: lastOf(reading, feel, refusedShare),
  };
  return { state, lesson: { reading, feel, refusedShare, rule: isNature ? 'slow-by-nature' : judged.rule } };
}

type AllSeen = ReturnType<typeof seenIn>;

/** What the window says of load and health, beside what was believed until it ended. */
function evidenceOf(before: NextState, window: Window, input: LawInput<NextState>, seen: AllSeen): Evidence {
  const { policy, baseline, effective, now } = input;
  const reading = readWindow(window, policy);
  const feel = feelOf(window, before.bases, policy);
  const isOverloaded = feel?.isOverloaded === true || before.last?.isOverloaded === true;
  const gapSeconds = before.last === null ? 0 : Math.max(0, (reading.endMs - before.last.endMs) / 1000);
  return {
    before: { ...before, belief: afterSeconds(before.belief, gapSeconds) },
    reading,
    feel,
    errors: judgeErrors(before.errors, reading, { isOverloaded, log: before.belief.log }, policy),
    refusedShare: refusedShareOf(seen, baseline.tiers),
    isSettled: reading.startMs + TOLERANCE_MS >= effective.stageMs,
    now,
  };
}

/** What is asked for after the window, and what of it is usual: that is learned in calm alone. */
function askedAfter(
  { before, reading, feel, errors, refusedShare }: Evidence,
  window: Window,
  seen: AllSeen,
): Pick<NextState, 'attempts' | 'demand' | 'usual'> {
  const isLog = window.source === 'logs';
  const isFading = feel !== undefined && !feel.isOverloaded;
  const isCalm = refusedShare < NUMBERS.calmRefusals && !errors.isErring && isFading && !before.isBinding;
  const attempts = attemptsAfter(before.attempts, seen, reading.seconds);
  const demand = Object.fromEntries(Object.entries(before.demand).filter(([, { tier }]) => (tier !== ALL) === isLog));
  return {
    attempts,
    demand: updateDemand(demand, seen, attempts, { seconds: reading.seconds, isFading }),
    usual: isCalm && isLog ? learnUsual(before.usual, seen, reading.seconds) : before.usual,
  };
}

/** The queue in the middle of the window; what was known where there were too few answers. */
function backlogAfter(evidence: Evidence, seconds: number, input: LawInput<NextState>): NextState['backlog'] {
  const { before, reading, feel } = evidence;
  if (feel === undefined) return before.backlog;
  const atMs = (reading.startMs + reading.endMs) / 2;
  return { seconds, atMs, bias: biasIn(evidence, seconds, atMs, input) };
}

/** Where the stage binds, what it admits over its limit: enforcement is best effort. */
function slackAfter(slack: number, { before, reading }: Evidence): number {
  const standing = standingAt(before.standings, reading.startMs);
  const ratios = Object.entries(reading.methods).flatMap(([method, { offeredRps, admittedRps }]) => {
    const limitRps = limitOf(standing?.stage ?? {}, method);
    if (limitRps === undefined || admittedRps * reading.seconds < MANY || offeredRps < 1.1 * limitRps) return [];
    const ratio = admittedRps / limitRps;
    return ratio > 0.98 && ratio < 1.06 ? [ratio] : [];
  });
  const seen = Math.max(...ratios, 0);
  return seen === 0 ? slack : slack + NUMBERS.slackGain * (Math.max(1, seen) - slack);
}

/** How wrong the last prediction was, where a queue stands. */
function biasIn({ before, feel }: Evidence, waits: number, middleMs: EpochMs, input: LawInput<NextState>): number {
  if (feel === undefined || before.last === null || waits < NUMBERS.toleratedBacklogSeconds) return 0;
  const predicted = backlogAt(before, capacityOf(before.belief), middleMs, input);
  return biasOf(predicted, waits, (middleMs - before.backlog.atMs) / 1000);
}

/** Work that waits at a moment by what was last seen and by the commands given since, seconds. */
export function backlogAt(
  state: NextState,
  capacity: CostUnitsPerSecond,
  atMs: EpochMs,
  input: LawInput<NextState>,
): number {
  // Where nothing waited a queue is a guess, and the stage stands below the estimate anyway.
  if (state.backlog.seconds < NUMBERS.toleratedBacklogSeconds) return 0;
  const offered = throughPlans(state.demand, input.live.tiers, 'asked');
  const work = workOf(state, input);
  return carriedForward(state.backlog, atMs, capacity, (at) => passedAt(state.standings, at, offered, work));
}

function baseChange({ before, reading, feel, refusedShare }: Evidence, isNature: boolean): BaseChange {
  if (isNature) return 'adopt';
  const isLow = reading.admittedCups < 0.75 * capacityOf(before.belief) && refusedShare < 0.01;
  return isLow && feel !== undefined && !feel.isOverloaded ? 'follow' : 'fall';
}

function lastOf(reading: Reading, feel: Feel | undefined, refusedShare: number): Last {
  return {
    endMs: reading.endMs,
    isOverloaded: feel?.isOverloaded ?? false,
    isBusyThroughout: feel?.isBusyThroughout ?? false,
    admittedCups: reading.admittedCups,
    completedCups: reading.completedCups,
    waitSeconds: feel?.waitSeconds ?? 0,
    refusedShare,
  };
}

/** Where nothing was ever measured the deployed limits are the guess, but no more than half again of what was borne. */
export function guessed(state: NextState, baselineCups: CostUnitsPerSecond): Belief {
  const { belief } = state;
  if (belief.isMeasured || state.isBinding || (state.last?.refusedShare ?? 0) > 0.01) return belief;
  const most = Math.max(
    untestedLog(belief.room) + belief.provenLog,
    Math.log(LAW_POLICY.restShareOfBaseline * baselineCups),
  );
  return { ...belief, log: Math.max(belief.provenLog, Math.min(Math.log(baselineCups), most)) };
}
