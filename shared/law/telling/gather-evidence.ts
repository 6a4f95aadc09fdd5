import type { Limits } from '../../limits/limits.ts';
import type { CostUnitsPerSecond } from '../../platform/units.ts';
import { areTiersWritten } from '../sharing/desired-limits.ts';
import { isBelievedDemandMet } from '../sharing/shares.ts';
import { stagesAgree } from '../sharing/standing.ts';
import type { LawState, MemoryState, TrackerState } from '../state.ts';
import { frozenBy } from '../tracking/changes.ts';
import { clamp, type Evidence } from '../tracking/step.ts';
import type { LawInput } from '../types.ts';
import { costByMethod, keysByTier, sumOf } from './demand.ts';
import type { Remembered } from './memory.ts';

/** Live rates this close to the desired ones are the desired ones. */
const IN_FORCE_SHARE = 0.01;

/** What the tracker may go by in this tick. */
export function gather(
  tracker: TrackerState,
  contended: boolean,
  state: LawState,
  { signals, memory, health }: Remembered,
  guardCups: CostUnitsPerSecond | null,
  input: LawInput<LawState>,
): Evidence {
  const { policy, live, now } = input;
  const tolerance = signals.source === 'logs' ? policy.tracker.freshToleranceSeconds : policy.minutes.toleranceSeconds;
  const startMs = signals.startMs + tolerance * 1000;
  const isFresh = tracker.stageSinceMs !== null && startMs >= tracker.stageSinceMs;
  return {
    health,
    signals,
    healthyLatencyMs: memory.healthyLatencyMs,
    latencyGrowth: memory.latencyGrowth,
    isFresh,
    isSettled: isFresh && tracker.plansSinceMs !== null && startMs >= tracker.plansSinceMs,
    isContended: contended,
    confirmed: state.memory.confirmed,
    isBelievedMet: isBelievedMet(tracker, memory, input),
    guardCups,
    arrivingCups: signals.source === 'logs' ? sumOf(costByMethod(memory.demand, live.tiers, policy)) : 0,
    frozenBy: frozenBy(state.changes, now, policy),
    now,
  };
}

/**
 * Since when the last action has been in force. Later writes that only follow a shift of demand do not matter: they
 * neither make an effect of that action nor undo it.
 */
export function withEffect(tracker: TrackerState, desired: Limits, input: LawInput<LawState>): TrackerState {
  const { policy, live, effective, now } = input;
  if (tracker.lastActionMs >= now) return tracker;
  const isStageInForce = policy.mode !== 'enforce' || stagesAgree(live.stage, desired.stage, IN_FORCE_SHARE);
  const stageSinceMs =
    tracker.stageSinceMs ?? (isStageInForce ? Math.max(tracker.lastActionMs, effective.stageMs) : null);
  const arePlansWritten = policy.mode !== 'enforce' || areTiersWritten(input, desired.tiers);
  const plansEffectiveMs = Math.max(tracker.lastActionMs, ...Object.values(effective.tiersMs));
  const plansSinceMs = tracker.plansSinceMs ?? (arePlansWritten ? plansEffectiveMs : null);
  return { ...tracker, stageSinceMs, plansSinceMs };
}

function isBelievedMet(tracker: TrackerState, memory: MemoryState, input: LawInput<LawState>): boolean {
  const { baseline, policy } = input;
  if (tracker.totalCups === null) return true;
  const keys = keysByTier(memory.demand, 'believed', policy);
  const { totalCups } = tracker;
  return isBelievedDemandMet({ totalCups, keys, askedCups: {}, baseline, policy });
}

/**
 * Throttling is best effort: where plans and total bind and have settled, what was admitted over what should have
 * been is the enforcement's slack, and later limits are written that much lower.
 */
export function learnSlack(
  memory: MemoryState,
  tracker: TrackerState,
  evidence: Evidence,
  input: LawInput<LawState>,
): number {
  const { slackGainShare, slackMaxFactor, slackTellingShare } = input.policy.tracker;
  const total = tracker.totalCups;
  const isTelling = evidence.isSettled && evidence.isContended && tracker.phase === 'hold' && total !== null;
  if (!isTelling || evidence.signals.source !== 'logs' || total <= 0) return memory.slack;
  const ratio = (evidence.signals.total.admittedCups / total) * memory.slack;
  if (ratio < slackTellingShare) return memory.slack;
  return clamp(memory.slack + slackGainShare * (ratio - memory.slack), 1, slackMaxFactor);
}
