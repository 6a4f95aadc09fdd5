import type { Policy } from '../policy/schema.ts';
import type { Window } from '../telemetry/window.ts';
import { withoutNews } from './blind.ts';
import { frozenBy, recordChange } from './changes.ts';
import { conclude } from './conclude.ts';
import { costByMethod, keysByTier, sumOf } from './demand.ts';
import type { Health } from './health.ts';
import { takeIn } from './intake.ts';
import { areTiersInForce, desiredStage, desiredTiers, type Situation, tiersInForce, wantedCups } from './limits.ts';
import { remember } from './memory.ts';
import { isBelievedDemandMet } from './shares.ts';
import type { Signals } from './signals.ts';
import { guardTotal, stagesAgree } from './standing.ts';
import { initialState, type LawState, type MemoryState, type TrackerState } from './state.ts';
import { clamp, type Evidence } from './step.ts';
import { track } from './tracker.ts';
import type { Law, LawInput, LawOutput } from './types.ts';

/** Live rates this close to the desired ones are the desired ones. */
const IN_FORCE_SHARE = 0.01;
/** Outside enforce mode nothing is applied, so a decision is made afresh after this long. */
const SHADOW_ROUND_MS = 60_000;
/** Without per-key demand (minute metrics), this share of refusals means that a limit binds. */
const BINDING_THROTTLED_SHARE = 0.01;

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

interface Reading {
  readonly memory: MemoryState;
  readonly signals: Signals;
  readonly health: Health;
}

/** All windows into memory; the newest is the evidence, or the newest that says something about health. */
function readAll(state: LawState, windows: readonly Window[], policy: Policy): Reading | undefined {
  let reading: Reading | undefined;
  for (const window of windows) {
    const next = remember(reading?.memory ?? state.memory, window, state.isContended, policy);
    const isWeaker = next.health === 'thin' && reading !== undefined && reading.health !== 'thin';
    reading = isWeaker && reading !== undefined ? { ...reading, memory: next.memory } : next;
  }
  return reading;
}

function decide(state: LawState, reading: Reading, input: LawInput<LawState>): LawOutput<LawState> {
  const { policy, baseline, now } = input;
  const guardCups = guardTotal(state.memory, baseline, policy, now);
  const anchored = anchor(state, input, reading.signals);
  const adopted = adoptTotal(anchored, reading, guardCups, input);
  const evidence = gather(adopted, state, reading, input);
  const step = track(adopted.tracker, evidence, policy);
  const memory = { ...reading.memory, slack: learnSlack(reading.memory, adopted, evidence, input) };
  const situation: Situation = {
    input,
    memory,
    tracker: step.tracker,
    before: state.desired,
    isContended: adopted.isContended,
    isStageForced: step.tracker.totalCups !== state.tracker.totalCups || (state.isContended && !adopted.isContended),
    guardCups,
    inForce: tiersInForce(state.inForce, input),
  };
  const tiers = desiredTiers(situation);
  const desired = { stage: desiredStage(situation, tiers), tiers };
  const conclusion = conclude({ state, step, evidence, situation, desired });
  const next: LawState = {
    version: 1,
    tracker: step.tracker,
    memory,
    changes: recordChange(state.changes, state.tracker.totalCups, step.tracker.totalCups, now),
    isContended: adopted.isContended,
    inForce: situation.inForce,
    desired,
    lastKind: conclusion.kind,
  };
  return { state: next, conclusion, desired };
}

interface Adopted {
  readonly tracker: TrackerState;
  readonly isContended: boolean;
}

/** Outside enforce mode our totals never come into force: every round starts as if the API had just been handed over. */
function anchor(state: LawState, { policy }: LawInput<LawState>, signals: Signals): LawState {
  const isOver = signals.startMs >= state.tracker.lastActionMs + SHADOW_ROUND_MS;
  if (policy.mode === 'enforce' || state.tracker.totalCups === null || !isOver) return state;
  return { ...state, tracker: { ...state.tracker, totalCups: null, phase: 'hold', lastAction: 'none' } };
}

/** Does demand exceed the total? And where no total was set yet, the guard that demand has run into becomes it. */
function adoptTotal(state: LawState, reading: Reading, guardCups: number | null, input: LawInput<LawState>): Adopted {
  const { policy, baseline } = input;
  const { tracker } = state;
  const limitCups = tracker.totalCups ?? guardCups;
  if (limitCups === null) return { tracker, isContended: false };
  if (reading.signals.source === 'metrics') {
    const isBinding = reading.signals.throttledShare > BINDING_THROTTLED_SHARE;
    return { tracker, isContended: tracker.totalCups !== null && (isBinding || state.isContended) };
  }
  const wanted = wantedCups(reading.memory, baseline, policy);
  const isContended = wanted > limitCups * (state.isContended ? policy.demand.restoreBelowShare : 1);
  if (!isContended || tracker.totalCups !== null) return { tracker, isContended };
  const plateau = tracker.plateau ?? reading.memory.confirmed;
  return { tracker: { ...tracker, totalCups: limitCups, plateau }, isContended };
}

function gather(adopted: Adopted, state: LawState, reading: Reading, input: LawInput<LawState>): Evidence {
  const { policy, live, now } = input;
  const { signals, memory, health } = reading;
  const isStageInForce = policy.mode !== 'enforce' || stagesAgree(live.stage, state.desired.stage, IN_FORCE_SHARE);
  const isFresh = isStageInForce && signals.startMs >= Math.max(input.effective.stageMs, adopted.tracker.lastActionMs);
  return {
    health,
    signals,
    healthyLatencyMs: memory.healthyLatencyMs,
    isFresh,
    isSettled: isFresh && areTiersInForce(input, state.desired.tiers, signals.startMs),
    isContended: adopted.isContended,
    confirmed: state.memory.confirmed,
    isBelievedMet: isBelievedMet(adopted, memory, input),
    arrivingCups: signals.source === 'logs' ? sumOf(costByMethod(memory.demand, live.tiers, policy)) : 0,
    frozenBy: frozenBy(state.changes, now, policy),
    now,
  };
}

function isBelievedMet(adopted: Adopted, memory: MemoryState, { baseline, policy }: LawInput<LawState>): boolean {
  const { totalCups } = adopted.tracker;
  if (totalCups === null) return true;
  const keys = keysByTier(memory.demand, policy);
  return isBelievedDemandMet({ totalCups, keys, calmCups: memory.calmCups, baseline, policy });
}

/**
 * Throttling is best effort: where plans and total bind and have settled, what was admitted over what should have
 * been is the enforcement's slack, and later limits are written that much lower.
 */
function learnSlack(memory: MemoryState, adopted: Adopted, evidence: Evidence, input: LawInput<LawState>): number {
  const { slackGainShare, slackMaxFactor, utilisationGateShare } = input.policy.tracker;
  const total = adopted.tracker.totalCups;
  const isTelling = evidence.isSettled && adopted.isContended && adopted.tracker.phase === 'hold' && total !== null;
  if (!isTelling || evidence.signals.source !== 'logs' || total <= 0) return memory.slack;
  const ratio = (evidence.signals.total.admittedCups / total) * memory.slack;
  if (ratio < utilisationGateShare) return memory.slack;
  return clamp(memory.slack + slackGainShare * (ratio - memory.slack), 1, slackMaxFactor);
}
