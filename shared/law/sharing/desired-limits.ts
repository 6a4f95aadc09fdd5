import type { Limit } from '../../limits/limit.ts';
import type { Limits } from '../../limits/limits.ts';
import { own } from '../../platform/records.ts';
import type { CostUnitsPerSecond, TierName } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { LawState, MemoryState, TrackerState } from '../state.ts';
import { costByMethod, keysByTier, sumOf } from '../telling/demand.ts';
import type { Signals } from '../telling/signals.ts';
import type { Baseline, LawInput } from '../types.ts';
import { minuteTiers } from './minute-tiers.ts';
import { demandWithinBaseline } from './shares.ts';
import { type TierPlans, tiersInShortage } from './tier-levels.ts';

type TierLimits = Readonly<Record<TierName, Limit>>;

export interface Situation {
  readonly input: LawInput<LawState>;
  readonly memory: MemoryState;
  readonly signals: Signals;
  readonly tracker: TrackerState;
  readonly before: Limits;
  readonly isContended: boolean;
  /** Windows of the log tell who asks for what; minute metrics do not, then tiers stay as they are. */
  readonly isDemandKnown: boolean;
  /** Contention ended, or the total moved: the stage is rewritten however small the change. */
  readonly isStageForced: boolean;
  readonly guardCups: CostUnitsPerSecond | null;
  readonly inForce: TierLimits;
}

/** All demand that the baselines would let through, cost units per second. */
export function wantedCups(memory: MemoryState, baseline: Baseline, policy: Policy): CostUnitsPerSecond {
  return sumOf(demandWithinBaseline(keysByTier(memory.demand, 'asked', policy), baseline.tiers));
}

/** The plans: levels while the total does not suffice, else the baselines. */
export function desiredTiers(situation: Situation): TierPlans {
  const { input, memory, tracker, before } = situation;
  const { policy, baseline, live } = input;
  const totalCups = plansTotal(tracker, policy);
  if (!situation.isDemandKnown) return { tiers: tiersByMinutes(situation, totalCups), order: [] };
  if (!situation.isContended || totalCups === null) return { tiers: baseline.tiers, order: [] };
  if (tracker.errorTest?.verdict === 'running') return { tiers: before.tiers, order: [] };
  const { admittedCups } = situation.signals.total;
  return tiersInShortage({ totalCups, admittedCups, memory, live: live.tiers, baseline, policy });
}

function tiersByMinutes(situation: Situation, totalCups: CostUnitsPerSecond | null): TierLimits {
  const { input, before, memory, signals, tracker } = situation;
  if (!situation.isContended || totalCups === null) return input.baseline.tiers;
  const isDraining = tracker.phase === 'drain';
  return minuteTiers({ input, before: before.tiers, totalCups, meanCost: memory.meanCost, signals, isDraining });
}

/**
 * What the plans are written for. Their writes are few, so they go ahead of what the stage holds: to the good rate while
 * a backlog drains, and in large steps back to a proven rate to where the climb will soon be.
 */
function plansTotal(tracker: TrackerState, policy: Policy): CostUnitsPerSecond | null {
  const totalCups = tracker.phase === 'drain' ? tracker.goodCups : tracker.totalCups;
  if (totalCups === null || tracker.plateau === null || !tracker.isClimbing) return totalCups;
  return Math.max(totalCups, Math.min(tracker.plateau.cups, policy.tracker.planLeadFactor * totalCups));
}

/** Do the plans in force, by themselves, let through no more than the total? Then the stage need not bind. */
export function doPlansHold({ input, memory, tracker, inForce }: Situation): boolean {
  if (tracker.totalCups === null) return false;
  const passing = sumOf(costByMethod(memory.demand, inForce, input.policy));
  return passing <= input.policy.demand.plansHoldShare * tracker.totalCups;
}

/** Tier limits that may still be enforced: a written cut counts once it has taken effect, a written raise at once. */
export function tiersInForce(before: TierLimits, { live, effective, now }: LawInput<LawState>): TierLimits {
  const limits = Object.entries(live.tiers).map(([tier, limit]) => {
    const previous = own(before, tier) ?? limit;
    const isSettled = (own(effective.tiersMs, tier) ?? 0) <= now || previous.rateRps <= limit.rateRps;
    return [tier, isSettled ? limit : previous] as const;
  });
  return Object.fromEntries(limits);
}

/** Every tier's plan is written as desired, or so nearly that it is not worth a write. */
export function areTiersWritten(input: LawInput<LawState>, tiers: TierLimits): boolean {
  return Object.entries(tiers).every(([tier, limit]) => {
    const live = own(input.live.tiers, tier);
    return live === undefined || Math.abs(live.rateRps / limit.rateRps - 1) < input.policy.guardrails.ignoreChangeShare;
  });
}
