import type { Limit } from '../../limits/limit.ts';
import { own } from '../../platform/records.ts';
import type { CostUnitsPerSecond, Rps, TierName } from '../../platform/units.ts';
import { type Policy, tierPolicyOf } from '../../policy/schema/policy-schema.ts';
import { type Claim, weightedMaxMin } from '../allocation/max-min.ts';
import { sacrificeRank } from '../allocation/sacrifice.ts';
import { admittedAt, type KeyDemand } from '../allocation/water-level.ts';
import type { Baseline } from '../types.ts';

export interface ShareInput {
  readonly totalCups: CostUnitsPerSecond;
  /** What each key is believed to want. */
  readonly keys: Readonly<Record<TierName, readonly KeyDemand[]>>;
  /** All that each tier asks for within its baseline. */
  readonly askedCups: Readonly<Record<TierName, CostUnitsPerSecond>>;
  readonly baseline: Baseline;
  readonly policy: Policy;
}

/** What each tier could send if its plan stood at the baseline. */
export function demandWithinBaseline(
  keys: ShareInput['keys'],
  tiers: Readonly<Record<TierName, Limit>>,
): Record<TierName, CostUnitsPerSecond> {
  const demands = Object.entries(keys).map(
    ([tier, list]) => [tier, admittedAt(own(tiers, tier)?.rateRps ?? Number.POSITIVE_INFINITY, list)] as const,
  );
  return Object.fromEntries(demands);
}

/**
 * Each tier's part of the total: first what is believed to be real demand, then, from what is left, the demand that
 * may be retries or a runaway client (docs/control-law.md, "Shares"). Nothing that is asked for is left idle.
 */
export function tierShares(input: ShareInput): Record<TierName, CostUnitsPerSecond> {
  const demand = demandWithinBaseline(input.keys, input.baseline.tiers);
  const believed = claimsOf(input, demand);
  const first = weightedMaxMin(input.totalCups, believed);
  const second = believed.map((claim) => ({
    ...claim,
    demand: own(input.askedCups, claim.id) ?? own(demand, claim.id) ?? 0,
    floor: own(first, claim.id) ?? 0,
  }));
  return weightedMaxMin(input.totalCups, second);
}

/** Does the total suffice for all believed demand? Then only a runaway client, or retries, would gain from more. */
export function isBelievedDemandMet(input: ShareInput): boolean {
  const demand = demandWithinBaseline(input.keys, input.baseline.tiers);
  return Object.values(demand).reduce((sum, cups) => sum + cups, 0) <= input.totalCups;
}

function claimsOf(input: ShareInput, demand: Readonly<Record<TierName, CostUnitsPerSecond>>): Claim[] {
  return Object.keys(input.keys).map((tier) => {
    const { weight, floorShare, ceilingShare } = tierPolicyOf(input.policy, tier);
    const floor = floorShare * input.totalCups;
    return {
      id: tier,
      weight,
      floor,
      ceiling: ceilingShare * input.totalCups,
      demand: own(demand, tier) ?? 0,
      sacrificeRank: sacrificeRank(input.policy, tier),
    };
  });
}

/** The plan's limit for a level; the resting one where that is as good. */
export function levelLimit(levelRps: Rps, resting: Limit, policy: Policy): Limit {
  if (levelRps >= resting.rateRps * (1 - policy.guardrails.ignoreChangeShare)) return resting;
  const rateRps = Math.round(Math.max(policy.guardrails.leastRateRps, levelRps) * 10) / 10;
  const { tierBurstSeconds, leastTierBurstRequests } = policy.demand;
  const burst = Math.max(leastTierBurstRequests, Math.round(rateRps * tierBurstSeconds));
  return { rateRps, burst: Math.min(resting.burst, burst) };
}
