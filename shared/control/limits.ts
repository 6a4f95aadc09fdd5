import { sameLimit } from '../allocation/plan-writes.ts';
import { admittedAt, type KeyDemand } from '../allocation/water-level.ts';
import type { CostUnitsPerSecond, Limit, Limits, MethodKey, TierName } from '../platform/units.ts';
import type { Policy } from '../policy/schema.ts';
import { costByMethod, keysByTier, sumOf } from './demand.ts';
import { demandWithinBaseline, limitsForShares, type ShareInput, tierShares } from './shares.ts';
import type { Signals } from './signals.ts';
import { stageCapacity, stageFor, stageLimitOf, stagesAgree, withTightBursts } from './standing.ts';
import type { LawState, MemoryState, TrackerState } from './state.ts';
import type { Baseline, LawInput } from './types.ts';

type TierLimits = Readonly<Record<TierName, Limit>>;

/** Room that demand must keep below a standing stage limit before the limit is moved. */
const ROOM_FACTOR = 1.1;
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
  const totalCups = tracker.phase === 'drain' ? tracker.goodCups : tracker.totalCups;
  if (!situation.isDemandKnown) return before.tiers;
  if (!situation.isContended || totalCups === null) return input.baseline.tiers;
  if (tracker.errorTest?.verdict === 'running') return before.tiers;
  const { policy, baseline } = input;
  const keys = keysByTier(memory.demand, 'believed', policy);
  const asked = keysByTier(memory.demand, 'asked', policy);
  const shareInput: ShareInput = {
    totalCups: totalCups / memory.slack,
    keys,
    askedCups: demandWithinBaseline(asked, baseline.tiers),
    calmCups: memory.calmCups,
    baseline,
    policy,
  };
  const limits = limitsForShares(tierShares(shareInput), shareInput);
  const wanted = Object.entries(baseline.tiers).map(([tier, resting]) => {
    const standing = before.tiers[tier] ?? resting;
    const wish = limits[tier] ?? releasedLimit(standing, resting, keys[tier] ?? []);
    const isWorth = isWorthWriting({ tier, wish, standing, resting, keys: keys[tier] ?? [] }, situation);
    return [tier, isWorth ? wish : standing] as const;
  });
  return Object.fromEntries(wanted);
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
  const { tier, wish, standing, resting, keys } = change;
  const { input, tracker, isStageForced, signals } = situation;
  if (sameLimit(wish, resting)) return true;
  const { ignoreChangeShare, ignoreShiftShare, ignoreTotalShare } = input.policy.guardrails;
  const standingCups = admittedAt(standing.rateRps, keys);
  const wishCups = admittedAt(wish.rateRps, keys);
  // Where the standing limit was in force, what it let through tells better than the model what it lets through.
  const live = input.live.tiers[tier];
  const isSeen =
    live !== undefined && sameLimit(live, standing) && (input.effective.tiersMs[tier] ?? 0) <= signals.startMs;
  const seenCups = isSeen ? (signals.tiers[tier]?.admittedCups ?? standingCups) : standingCups;
  const movedCups = Math.min(Math.abs(wishCups - standingCups), Math.abs(wishCups - seenCups));
  const ofTier = isStageForced ? 0 : ignoreShiftShare * Math.min(wishCups, standingCups);
  const isSame = Math.abs(wish.rateRps / standing.rateRps - 1) < ignoreChangeShare;
  return !isSame && movedCups > Math.max(ofTier, ignoreTotalShare * (tracker.totalCups ?? 0));
}

/** While others still bind, a tier that no longer needs a limit keeps one that does it no harm: writes are scarce. */
function releasedLimit(standing: Limit, resting: Limit, keys: readonly KeyDemand[]): Limit {
  const isHarmless = admittedAt(standing.rateRps, keys) >= NEARLY_MET_SHARE * admittedAt(resting.rateRps, keys);
  return isHarmless ? standing : resting;
}

/** Do the plans in force, by themselves, let through no more than the total? Then the stage need not bind. */
function doPlansHold({ input, memory, tracker, inForce }: Situation): boolean {
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

/** The stage's settings: the total where the stage must hold it, with room where the plans do, the guard at rest. */
export function desiredStage(situation: Situation, tiers: TierLimits): Limits['stage'] {
  const { input, memory, tracker, before, guardCups } = situation;
  const { policy } = input;
  const standing = withKeysOf(input.live.stage, withTightBursts(before.stage, policy));
  const expected = costByMethod(memory.demand, tiers, policy);
  const totalCups = stageTotal(situation, sumOf(expected));
  if (totalCups === null) return standing;
  const overrides = Object.keys(standing).filter((key) => key !== '*/*');
  const isBraking = situation.isContended || tracker.phase === 'drain';
  const minorRoomFactor = isBraking ? 1 : policy.guard.methodSlackFactor;
  const wanted = stageFor(totalCups, expected, overrides, minorRoomFactor, input);
  if (situation.isStageForced) return wanted;
  if (isBraking) return stagesAgree(wanted, standing, policy.guardrails.ignoreShiftShare) ? standing : wanted;
  const isLoose = totalCups < policy.guard.lowerBelowShare * stageCapacity(standing, expected, policy);
  const isLowerable = guardCups !== null && memory.healthySeconds >= policy.guard.warmUpSeconds;
  const isKept = hasRoom(standing, wanted, expected, policy) && !(isLoose && isLowerable);
  return isKept ? standing : wanted;
}

/** Live overrides that we did not know detach their methods: they are adopted, to be kept in step. */
function withKeysOf(live: Limits['stage'], ours: Limits['stage']): Limits['stage'] {
  const added = Object.entries(live).filter(([key]) => ours[key] === undefined);
  return added.length === 0 ? ours : { ...ours, ...Object.fromEntries(added) };
}

function stageTotal(situation: Situation, expectedCups: CostUnitsPerSecond): number | null {
  const { input, memory, tracker, guardCups } = situation;
  const { policy } = input;
  const roomy = policy.guard.methodSlackFactor * expectedCups;
  if (tracker.phase === 'drain' && tracker.totalCups !== null) return tracker.totalCups / memory.slack;
  if (situation.isContended && tracker.totalCups !== null) {
    const isHeld = doPlansHold(situation);
    return isHeld ? Math.max(tracker.totalCups, roomy) : tracker.totalCups / memory.slack;
  }
  const standing = Math.min(tracker.totalCups ?? Number.POSITIVE_INFINITY, guardCups ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(standing) ? Math.max(standing, roomy) : null;
}

/** No method's demand comes close to its limit, unless the limit could not be higher anyway. */
function hasRoom(
  standing: Limits['stage'],
  wanted: Limits['stage'],
  expected: Readonly<Record<MethodKey, CostUnitsPerSecond>>,
  policy: Policy,
): boolean {
  return Object.entries(expected).every(([method, cups]) => {
    const standingRps = stageLimitOf(standing, method)?.rateRps ?? 0;
    const wantedRps = stageLimitOf(wanted, method)?.rateRps ?? 0;
    const neededRps = (ROOM_FACTOR * cups) / (policy.methodCost[method] ?? 1);
    return standingRps >= Math.min(neededRps, wantedRps);
  });
}
