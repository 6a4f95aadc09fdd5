import type { Limit } from '../../limits/limit.ts';
import { own, recordOf } from '../../platform/records.ts';
import type { CostUnitsPerSecond, TierName } from '../../platform/units.ts';
import { type Policy, tierPolicyOf } from '../../policy/schema/policy-schema.ts';
import { bestLevels, type LevelClaim, type Levels, mostWorth, worthOf } from '../allocation/levels.ts';
import { inOrderOfWorth } from '../allocation/order-of-worth.ts';
import { sacrificeRank } from '../allocation/sacrifice.ts';
import { admittedAt } from '../allocation/water-level.ts';
import type { MemoryState } from '../state.ts';
import { keysByTier } from '../telling/demand.ts';
import { attemptsOf } from '../telling/retries.ts';
import type { Signals } from '../telling/signals.ts';
import { clamp } from '../tracking/step.ts';
import type { Baseline, LawInput } from '../types.ts';
import { demandWithinBaseline, levelLimit, tierShares } from './shares.ts';

type TierLimits = Readonly<Record<TierName, Limit>>;

/** What the plans should be, and in which order to write them: the one that wins most first. */
export interface TierPlans {
  readonly tiers: TierLimits;
  readonly order: readonly TierName[];
}

export interface Shortage {
  /** What the plans may let through; the stage lets through a little more. */
  readonly totalCups: CostUnitsPerSecond;
  /** In the newest window. */
  readonly admittedCups: CostUnitsPerSecond;
  readonly memory: MemoryState;
  readonly live: TierLimits;
  readonly baseline: Baseline;
  readonly policy: Policy;
}

/** A limit counts as resting from this share of its baseline. */
const RESTING_SHARE = 0.999;

/**
 * The plans' limits while the total does not suffice: levels that serve most first attempts (docs/control-law.md,
 * "Levels"). Plan writes are one per 20 s, so the plans in force stay unless others win a distinct part of what is to be
 * won at all.
 */
export function tiersInShortage(shortage: Shortage): TierPlans {
  const { live, baseline, policy, memory } = shortage;
  const claims = claimsOf(shortage);
  const { plansHoldShare, planAimShare, filledShare, worthShare, unfilledWorthShare } = policy.demand;
  const bearableCups = plansHoldShare * shortage.totalCups;
  const levels = bestLevels(planAimShare * shortage.totalCups, claims);
  const best = Object.fromEntries(
    Object.entries(baseline.tiers).map(([tier, resting]) => {
      return [
        tier,
        levelLimit((own(levels, tier) ?? Number.POSITIVE_INFINITY) / memory.slack, resting, policy),
      ] as const;
    }),
  );
  const worth = (tiers: TierLimits) => worthOf(levelsOf(tiers, shortage), bearableCups, claims);
  const present = Object.fromEntries(
    Object.entries(baseline.tiers).map(([tier, resting]) => [tier, own(live, tier) ?? resting]),
  );
  const isUnfilled = shortage.admittedCups < filledShare * shortage.totalCups;
  const leastShare = worthShare * (isUnfilled ? unfilledWorthShare : 1);
  if (worth(best) - worth(present) < leastShare * mostWorth(claims)) return { tiers: present, order: [] };
  return { tiers: best, order: inOrderOfWorth(present, best, worth) };
}

function levelsOf(tiers: TierLimits, { baseline, memory }: Shortage): Levels {
  const levels = Object.entries(tiers).map(([tier, { rateRps }]) => {
    const isResting = rateRps >= RESTING_SHARE * (own(baseline.tiers, tier)?.rateRps ?? 0);
    return [tier, isResting ? Number.POSITIVE_INFINITY : rateRps * memory.slack] as const;
  });
  return Object.fromEntries(levels);
}

function claimsOf(shortage: Shortage): LevelClaim[] {
  const { totalCups, memory, baseline, policy } = shortage;
  const keys = keysByTier(memory.demand, 'believed', policy);
  const askedCups = demandWithinBaseline(keysByTier(memory.demand, 'asked', policy), baseline.tiers);
  const shares = tierShares({ totalCups, keys, askedCups, baseline, policy });
  return Object.entries(keys).map(([tier, keysOfTier]) => {
    const { weight, floorShare } = tierPolicyOf(policy, tier);
    const share = own(shares, tier) ?? 0;
    return {
      tier,
      keys: keysOfTier,
      attempts: attemptsOf(own(memory.attempts, tier), policy),
      share: Math.max(share, isFavoured(tier, shortage) ? usualWithin(tier, shortage) : 0),
      floor: Math.max(floorShare * totalCups, policy.demand.fairFloorShare * share),
      weight,
      fill: own(memory.fill, tier) ?? 1,
      rank: sacrificeRank(policy, tier),
      restingRps: own(baseline.tiers, tier)?.rateRps ?? Number.POSITIVE_INFINITY,
    };
  });
}

/** Of the greatest weight, where others weigh less. */
function isFavoured(tier: TierName, { baseline, policy }: Shortage): boolean {
  const weights = Object.keys(baseline.tiers).map((name) => tierPolicyOf(policy, name).weight);
  const { weight } = tierPolicyOf(policy, tier);
  return weight >= Math.max(...weights) && weight > Math.min(...weights);
}

/** Who matters most, and asks for no more than ever, is not trimmed for a shortage that others are there to bear. */
function usualWithin(tier: TierName, { totalCups, memory, policy }: Shortage): CostUnitsPerSecond {
  return Math.min(own(memory.usual, tier) ?? 0, tierPolicyOf(policy, tier).ceilingShare * totalCups);
}

/** Of tiers whose limits have been in force for the whole window: what passed over what their keys' rates say. */
export function learnFill(
  memory: MemoryState,
  signals: Signals,
  totalCups: CostUnitsPerSecond | null,
  { live, effective, baseline, policy }: LawInput<unknown>,
): MemoryState['fill'] {
  const { stageFreeShare, leastFillFactor, mostFillFactor, fillGainShare } = policy.demand;
  if (signals.source !== 'logs' || totalCups === null || signals.total.admittedCups > stageFreeShare * totalCups) {
    return memory.fill;
  }
  const keys = keysByTier(memory.demand, 'believed', policy);
  const fill = recordOf(Object.entries(memory.fill));
  for (const [tier, limit] of Object.entries(live.tiers)) {
    const isLimited = limit.rateRps < RESTING_SHARE * (own(baseline.tiers, tier)?.rateRps ?? 0);
    const expected = admittedAt(limit.rateRps * memory.slack, own(keys, tier) ?? []);
    const isInForce = (own(effective.tiersMs, tier) ?? 0) <= signals.startMs;
    if (!isLimited || !isInForce || expected <= 0) continue;
    const seen = clamp((own(signals.tiers, tier)?.admittedCups ?? 0) / expected, leastFillFactor, mostFillFactor);
    const before = own(fill, tier) ?? 1;
    fill[tier] = before + fillGainShare * (seen - before);
  }
  return fill;
}
