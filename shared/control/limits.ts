import { sameLimit } from '../allocation/plan-writes.ts';
import { admittedAt, type KeyDemand } from '../allocation/water-level.ts';
import type { CostUnitsPerSecond, Limit, Limits, TierName } from '../platform/units.ts';
import type { Policy } from '../policy/schema.ts';
import { costByMethod, keysByTier, sumOf } from './demand.ts';
import { minuteTiers } from './minute-tiers.ts';
import { demandWithinBaseline, limitsForShares, type ShareInput, tierShares } from './shares.ts';
import type { Signals } from './signals.ts';
import type { LawState, MemoryState, TrackerState } from './state.ts';
import type { Baseline, LawInput } from './types.ts';

type TierLimits = Readonly<Record<TierName, Limit>>;

/** Cuts are written one by one: beside a far larger one a small one waits, and is often not needed any more. */
const MINOR_CUT_SHARE = 0.2;
/** A change that brings what is admitted closer to the total is worth a write when it moves this part of what others must. */
const MENDING_SHARE = 0.4;
/** A tier that lacks less than this share of its demand keeps its limit while the total suffices. */
const NEARLY_MET_SHARE = 0.98;

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

/** The tiers' limits: water levels while the total does not suffice, else the baselines. */
export function desiredTiers(situation: Situation): TierLimits {
  const { input, memory, tracker, before } = situation;
  const totalCups = plansTotal(tracker, input.policy);
  if (!situation.isDemandKnown) return tiersByMinutes(situation, totalCups);
  if (!situation.isContended || totalCups === null) return input.baseline.tiers;
  if (tracker.errorTest?.verdict === 'running') return before.tiers;
  const { policy, baseline } = input;
  const keys = keysByTier(memory.demand, 'believed', policy);
  const asked = keysByTier(memory.demand, 'asked', policy);
  const shareInput: ShareInput = {
    totalCups: totalCups / memory.slack,
    keys,
    askedCups: demandWithinBaseline(asked, baseline.tiers),
    baseline,
    policy,
  };
  const limits = limitsForShares(tierShares(shareInput), shareInput);
  const changes = Object.entries(baseline.tiers).map(([tier, resting]): TierChange => {
    const standing = before.tiers[tier] ?? resting;
    const own = keys[tier] ?? [];
    return { tier, wish: limits[tier] ?? releasedLimit(standing, resting, own), standing, resting, keys: own };
  });
  const largestCutCups = Math.max(...changes.map(cutCups));
  const wanted = changes.map((change) => {
    const isMinorCut = cutCups(change) > 0 && cutCups(change) < MINOR_CUT_SHARE * largestCutCups;
    const isMade = !isMinorCut && isWorthWriting(change, situation);
    return [change.tier, isMade ? change.wish : change.standing] as const;
  });
  return Object.fromEntries(wanted);
}

/** What a change takes from a tier. */
function cutCups({ wish, standing, keys }: TierChange): CostUnitsPerSecond {
  return Math.max(0, admittedAt(standing.rateRps, keys) - admittedAt(wish.rateRps, keys));
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

interface TierChange {
  readonly tier: TierName;
  readonly wish: Limit;
  readonly standing: Limit;
  readonly resting: Limit;
  readonly keys: readonly KeyDemand[];
}

/** Writes are one per 20 s: a change is worth one by what it moves, of the tier's part and of the total. */
function isWorthWriting(change: TierChange, situation: Situation): boolean {
  const { wish, standing, resting, keys } = change;
  const { input, tracker, signals } = situation;
  if (sameLimit(wish, resting)) return true;
  const { ignoreChangeShare, ignoreShiftShare, ignoreTotalShare } = input.policy.guardrails;
  const standingCups = admittedAt(standing.rateRps, keys);
  const wishCups = admittedAt(wish.rateRps, keys);
  const movedCups = Math.abs(wishCups - standingCups);
  const isSame = Math.abs(wish.rateRps / standing.rateRps - 1) < ignoreChangeShare;
  const totalCups = tracker.totalCups ?? 0;
  const mends = wishCups > standingCups === signals.total.admittedCups < totalCups;
  const isOff = Math.abs(signals.total.admittedCups - totalCups) > ignoreTotalShare * totalCups;
  const ofTier = mends && isOff ? 0 : ignoreShiftShare * Math.min(wishCups, standingCups);
  const ofTotal = (mends && isOff ? MENDING_SHARE : 1) * ignoreTotalShare * totalCups;
  return !isSame && movedCups > Math.max(ofTier, ofTotal);
}

/** While others still bind, a tier that no longer needs a limit keeps one that does it no harm: writes are scarce. */
function releasedLimit(standing: Limit, resting: Limit, keys: readonly KeyDemand[]): Limit {
  const isHarmless = admittedAt(standing.rateRps, keys) >= NEARLY_MET_SHARE * admittedAt(resting.rateRps, keys);
  return isHarmless ? standing : resting;
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
    const previous = before[tier] ?? limit;
    const isSettled = (effective.tiersMs[tier] ?? 0) <= now || previous.rateRps <= limit.rateRps;
    return [tier, isSettled ? limit : previous] as const;
  });
  return Object.fromEntries(limits);
}

/** Every tier's plan is written as desired, or so nearly that it is not worth a write. */
export function areTiersWritten(input: LawInput<LawState>, tiers: TierLimits): boolean {
  return Object.entries(tiers).every(([tier, limit]) => {
    const live = input.live.tiers[tier];
    return live === undefined || Math.abs(live.rateRps / limit.rateRps - 1) < input.policy.guardrails.ignoreChangeShare;
  });
}
