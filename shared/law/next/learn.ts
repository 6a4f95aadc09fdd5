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

/** What a window showed, for the decision's explanation. */
export interface Lesson {
  readonly reading: Reading;
  readonly feel: Feel | undefined;
  readonly refusedShare: number;
  readonly rule: Rule;
}

type WorkOf = (method: MethodKey) => number;

/** Mean work of one admitted request: its cost, times the share of requests that reach the backend. */
export function workOf(state: Pick<NextState, 'reach'>, { policy }: Pick<LawInput<unknown>, 'policy'>): WorkOf {
  return (method) => costOf(policy, method) * Math.max(0.02, own(state.reach, method) ?? 1);
}

/** A window may begin so much before the newest stage limit took effect and still count as governed by it, milliseconds. */
const TOLERANCE_MS = 2000;
/** Requests of a method in a window from which the ratio of its rate to its limit is meaningful. */
const MANY = 200;

/** Updates the state by one window. */
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

/** Measures load and health of the window, and ages the belief to the window's end. */
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

/** Updates demand, and usual demand where the window was calm. */
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

/** The queue in the middle of the window; unchanged where there were too few answers to tell. */
function backlogAfter(evidence: Evidence, seconds: number, input: LawInput<NextState>): NextState['backlog'] {
  const { before, reading, feel } = evidence;
  if (feel === undefined) return before.backlog;
  const atMs = (reading.startMs + reading.endMs) / 2;
  return { seconds, atMs, bias: biasIn(evidence, seconds, atMs, input) };
}

/** How much more than its limit the stage admits where it binds: API Gateway enforces limits approximately. */
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

/** By how much a queue grew faster than predicted, seconds of work per second. */
function biasIn({ before, feel }: Evidence, waits: number, middleMs: EpochMs, input: LawInput<NextState>): number {
  if (feel === undefined || before.last === null || waits < NUMBERS.toleratedBacklogSeconds) return 0;
  const predicted = backlogAt(before, capacityOf(before.belief), middleMs, input);
  return biasOf(predicted, waits, (middleMs - before.backlog.atMs) / 1000);
}

/** Predicts how much work waits at a moment, in seconds, from the last window and the limits written since. */
export function backlogAt(
  state: NextState,
  capacity: CostUnitsPerSecond,
  atMs: EpochMs,
  input: LawInput<NextState>,
): number {
  // Without a queue to start from a prediction is unreliable, and the stage stands below the estimate anyway.
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

/** As long as capacity was never measured, it is guessed from the deployed limits and from the highest rate that was served. */
export function guessed(state: NextState, baselineCups: CostUnitsPerSecond): Belief {
  const { belief } = state;
  if (belief.isMeasured || state.isBinding || (state.last?.refusedShare ?? 0) > 0.01) return belief;
  const most = Math.max(
    untestedLog(belief.room) + belief.provenLog,
    Math.log(LAW_POLICY.restShareOfBaseline * baselineCups),
  );
  return { ...belief, log: Math.max(belief.provenLog, Math.min(Math.log(baselineCups), most)) };
}
