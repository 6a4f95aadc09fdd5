import type { EpochMs } from '../platform/units.ts';
import type { Policy } from '../policy/schema/policy-schema.ts';
import type { Window } from '../telemetry/window.ts';
import { withoutNews } from './blind.ts';
import { conclude } from './conclude.ts';
import { desiredTiers, type Situation, tiersInForce } from './sharing/desired-limits.ts';
import { desiredStage } from './sharing/stage-limits.ts';
import { guardTotal } from './sharing/standing.ts';
import { learnFill } from './sharing/tier-levels.ts';
import { initialState, type LawState } from './state.ts';
import { gather, learnSlack, withEffect } from './telling/gather-evidence.ts';
import { takeIn } from './telling/intake.ts';
import { type Remembered, remember } from './telling/memory.ts';
import type { Signals } from './telling/signals.ts';
import { recordChange } from './tracking/changes.ts';
import { adoptGuard, isContended } from './tracking/contention.ts';
import type { Step } from './tracking/step.ts';
import { track } from './tracking/tracker.ts';
import type { Law, LawInput, LawOutput } from './types.ts';

/** Outside enforce mode nothing is applied, so a decision is made afresh after this long. */
const SHADOW_ROUND_MS = 60_000;
/**
 * The bracketed capacity tracker with its standing stage guard and water levels (docs/control-law.md). Pure.
 * While it holds, `desired` is what earlier ticks wanted: plan writes may still be under way towards it.
 */
export const law: Law<LawState> = (input) => {
  const { policy, live, now } = input;
  const { firstProbeShare, badAgeSeconds } = policy.tracker;
  const state = input.state ?? initialState(live, now, firstProbeShare, badAgeSeconds);
  const intake = takeIn(input.windows, state.memory, now, policy.blind.afterSeconds * 1000);
  const reading = readAll(state, intake.windows, policy);
  if (reading === undefined) return withoutNews(state, input, intake.rejected);
  return decide(state, reading, input);
};

/** All windows into memory; the newest is the evidence, or the newest that says something about health. */
function readAll(state: LawState, windows: readonly Window[], policy: Policy): Remembered | undefined {
  let reading: Remembered | undefined;
  for (const window of windows) {
    const next = remember(reading?.memory ?? state.memory, window, state.isContended, policy);
    const isWeaker = next.health === 'thin' && reading !== undefined && reading.health !== 'thin';
    reading = isWeaker && reading !== undefined ? { ...reading, memory: next.memory } : next;
  }
  return reading;
}

function decide(state: LawState, reading: Remembered, input: LawInput<LawState>): LawOutput<LawState> {
  const { policy, baseline, now } = input;
  const guardCups = guardTotal(reading.memory, baseline, policy, now);
  const settled = { ...state, tracker: withEffect(state.tracker, state.desired, input) };
  const anchored = anchor(settled, input, reading.signals);
  const adopted = adoptGuard(anchored, reading, guardCups, input);
  const evidence = gather(
    adopted,
    isContended(adopted, state, reading, guardCups, input),
    state,
    reading,
    guardCups,
    input,
  );
  const step = withoutEffectYet(track(adopted, evidence, policy), now);
  const contended = isContended(step.tracker, state, reading, guardCups, input);
  const memory = {
    ...reading.memory,
    // A total that was adopted just now was not in force.
    fill: learnFill(reading.memory, reading.signals, adopted.totalCups, input),
    slack:
      state.tracker.totalCups === null ? reading.memory.slack : learnSlack(reading.memory, adopted, evidence, input),
  };
  const situation: Situation = {
    input,
    memory,
    signals: reading.signals,
    tracker: step.tracker,
    before: state.desired,
    isContended: contended,
    isDemandKnown: reading.signals.source === 'logs',
    isStageForced: step.tracker.totalCups !== state.tracker.totalCups || (state.isContended && !contended),
    guardCups,
    inForce: tiersInForce(state.inForce, input),
  };
  const { tiers, order } = desiredTiers(situation);
  const desired = { stage: desiredStage(situation, tiers), tiers };
  const conclusion = conclude({ state, step, evidence, situation, desired });
  const next: LawState = {
    version: 4,
    tracker: step.tracker,
    memory,
    changes: recordChange(state.changes, state.tracker.totalCups, step.tracker.totalCups, now),
    isContended: contended,
    inForce: situation.inForce,
    desired,
    planOrder: order,
    lastKind: conclusion.kind,
  };
  return { state: next, conclusion, desired, planOrder: order };
}

/** An action of this tick has yet to take effect. */
function withoutEffectYet(step: Step, now: EpochMs): Step {
  if (step.tracker.lastActionMs !== now) return step;
  return { ...step, tracker: { ...step.tracker, stageSinceMs: null, plansSinceMs: null } };
}

/** Outside enforce mode our totals never come into force: every round starts as if the API had just been handed over. */
function anchor(state: LawState, { policy }: LawInput<LawState>, signals: Signals): LawState {
  const isOver = signals.startMs >= state.tracker.lastActionMs + SHADOW_ROUND_MS;
  if (policy.mode === 'enforce' || state.tracker.totalCups === null || !isOver) return state;
  return { ...state, tracker: { ...state.tracker, totalCups: null, phase: 'hold', lastAction: 'none' } };
}
