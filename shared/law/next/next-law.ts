import { own } from '../../platform/records.ts';
import type { CostUnitsPerSecond } from '../../platform/units.ts';
import { ALL, type Window } from '../../telemetry/window.ts';
import { mergeParts } from '../../telemetry/windows.ts';
import { takeIn } from '../telling/intake.ts';
import type { Law, LawInput, LawOutput } from '../types.ts';
import { throughPlans } from './asking/asked-demand.ts';
import { ACTS_AFTER_MS, drainShare, updateStandings } from './backend/backlog.ts';
import { capacityOf, leadOf } from './backend/capacity.ts';
import { NUMBERS } from './constants.ts';
import { mixAfter } from './giving/mix.ts';
import { plansIn } from './giving/plans.ts';
import { stageFor, standingCups } from './giving/standing-stage.ts';
import { LAW_POLICY } from './law-policy.ts';
import { backlogAt, guessed, type Lesson, learn, workOf } from './learn.ts';
import { withoutNews } from './news.ts';
import { initialState, type NextState } from './next-state.ts';
import { conclude, type Findings } from './tell.ts';

/** Windows with few answers are added up to this length at most, milliseconds. */
const MOST_PENDING_MS = 60_000;

/** From this share of its limit on the stage binds. */
const STAGE_BINDS_SHARE = 0.97;

/** One estimate of capacity, a predicted backlog, a stage just below, and plans that serve usual demand first. Pure. */
export const nextLaw: Law<NextState> = (input) => {
  const found = input.state ?? initialState(input.live, input.now);
  const { windows, rejected } = takeIn(input.windows, found, input.now, input.policy.blind.afterSeconds * 1000);
  let state: NextState = { ...found, standings: updateStandings(found.standings, found.stageCups, input) };
  let lesson: Lesson | undefined;
  for (const window of windows) {
    const whole = state.pending === null ? window : joined(state.pending, window);
    const isLast = window.source === 'logs' ? { lastLogEndMs: endOf(window) } : {};
    state = { ...state, ...isLast, lastWindowEndMs: endOf(window), lastNewsMs: endOf(window) };
    if (isThin(whole)) {
      state = { ...state, pending: whole };
      continue;
    }
    const learned = learn({ ...state, pending: null }, whole, input);
    state = learned.state;
    lesson = learned.lesson;
  }
  if (windows.length === 0) {
    const silent = withoutNews(state, input, rejected);
    if (silent !== undefined) return silent;
  }
  return decide(state, { found, lesson, input });
};

const endOf = (window: Window) => window.startMs + window.lengthMs;

function joined(pending: Window, window: Window): Window {
  if (pending.source !== window.source) return window;
  const merged = mergeParts([pending, window]);
  return { ...merged, startMs: pending.startMs, lengthMs: endOf(window) - pending.startMs };
}

function isThin(window: Window): boolean {
  if (window.lengthMs >= MOST_PENDING_MS) return false;
  const cells = Object.values(window.cells).flatMap((methods) => Object.values(methods));
  const answers = cells.reduce((sum, { latency }) => sum + latency.reduce((a, b) => a + b, 0), 0);
  return answers < NUMBERS.leastAnswers;
}

/** What a decision needs beside the new state: the state before the tick, the last window's lesson, and the tick's input. */
interface Occasion {
  readonly found: NextState;
  readonly lesson: Lesson | undefined;
  readonly input: LawInput<NextState>;
}

/** Decides on limits, and explains the decision. */
function decide(learned: NextState, occasion: Occasion): LawOutput<NextState> {
  const state = believed(learned, occasion);
  if (state === undefined) return unseen(learned);
  const { found, lesson, input } = occasion;
  const figures = figuresOf(state, input);
  const { plans, share, stageCups, desired } = figures;
  const conclusion = conclude({ found, state, lesson, figures, input });
  return {
    state: {
      ...state,
      isBinding: !plans.isEnough,
      stageCups: stageCups * share,
      expectedCups: plans.expectedCups,
      desired,
      planOrder: plans.order,
      lastKind: conclusion.kind,
    },
    conclusion,
    desired,
    planOrder: plans.order,
  };
}

/** Completes the state by what every tick derives from it; undefined as long as there was no request. */
function believed(learned: NextState, { lesson, input }: Occasion): NextState | undefined {
  const { baseline, live } = input;
  const asked = throughPlans(learned.demand, baseline.tiers, 'asked');
  if (Object.keys(asked).length === 0) return undefined;
  const baselineCups = standingCups({ '*/*': baseline.stage }, asked, workOf(learned, input));
  const expected = throughPlans(learned.demand, live.tiers, 'wanted');
  const mix = lesson === undefined ? learned.mix : mixAfter(learned.mix, expected, lesson.reading.seconds);
  return { ...learned, belief: guessed(learned, baselineCups), mix, fill: fillAfter(learned, lesson, input) };
}

/** Computes the limits from the estimate, the predicted backlog and demand, with the figures between. */
function figuresOf(state: NextState, input: LawInput<NextState>): Findings['figures'] {
  const { policy, baseline, live } = input;
  const work = workOf(state, input);
  const isByMinutes = own(state.demand, `rest of ${ALL}`) !== undefined;
  const aim = isByMinutes ? LAW_POLICY.aimShareByMinutes : LAW_POLICY.aimShare;
  const capacity = bounded(capacityOf(state.belief), policy.capacity);
  const backlog = backlogAt(state, capacity, input.now + ACTS_AFTER_MS, input);
  const share = drainShare(backlog);
  const stageCups = (capacity * aim) / state.slack;
  const plans = plansIn({
    state,
    stageCups: stageCups * leadOf(state.belief),
    live: live.tiers,
    resting: baseline.tiers,
    policy,
    workOf: work,
    isBinding: state.isBinding,
  });
  const isBinding = !plans.isEnough;
  const stage = stageFor({
    // At rest nobody is refused, so no margin is needed for enforcement that is not exact.
    totalCups: isBinding || share < 1 ? stageCups * share : capacity / state.slack,
    expected: state.mix,
    workOf: work,
    standing: { ...live.stage, ...state.desired.stage },
    most: baseline.stage,
    leastRps: policy.guardrails.leastRateRps,
    isBinding: isBinding || share < 1,
    isForced: share < 1 || isBinding !== state.isBinding,
  });
  return { capacity, backlog, share, stageCups, plans, desired: { stage, tiers: plans.tiers } };
}

/** Expected over actual admissions of the plans: random arrivals leave some of a bucket's tokens unused. */
function fillAfter(state: NextState, lesson: Lesson | undefined, input: LawInput<NextState>): number {
  const { fill, isBinding, last, stageCups, expectedCups } = state;
  if (!isBinding || last === null || lesson === undefined || last.isOverloaded || last.admittedCups <= 0) return fill;
  const inForceMs = Math.max(input.effective.stageMs, ...Object.values(input.effective.tiersMs));
  // Where the stage binds, the plans do not determine what is admitted.
  if (lesson.reading.startMs < inForceMs || last.admittedCups > STAGE_BINDS_SHARE * stageCups) return fill;
  const seen = Math.min(NUMBERS.mostFill, Math.max(NUMBERS.leastFill, expectedCups / last.admittedCups));
  return fill + NUMBERS.fillGain * (seen - fill);
}

function bounded(
  cups: CostUnitsPerSecond,
  { floorCups, ceilingCups }: LawInput<unknown>['policy']['capacity'],
): CostUnitsPerSecond {
  return Math.min(ceilingCups ?? Number.POSITIVE_INFINITY, Math.max(floorCups ?? 0, cups));
}

/** There was no request yet: all limits stay. */
function unseen(state: NextState): LawOutput<NextState> {
  return {
    state,
    conclusion: {
      kind: 'hold',
      verdict: 'idle',
      rule: 'idle',
      reason: 'Nobody asks for anything: limits stay as they are.',
      wouldChange: 'A window with requests.',
      estimates: {},
    },
    desired: state.desired,
    planOrder: state.planOrder,
  };
}
