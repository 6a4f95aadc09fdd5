import type { Limit } from '../../limits/limit.ts';
import type { Limits } from '../../limits/limits.ts';
import { own } from '../../platform/records.ts';
import type { CostUnitsPerSecond, Rps, TierName } from '../../platform/units.ts';
import { type Policy, tierPolicyOf } from '../../policy/schema/policy-schema.ts';
import type { Signals } from '../telling/signals.ts';
import type { Baseline, LawInput } from '../types.ts';

export interface MinuteShortage {
  readonly input: LawInput<unknown>;
  readonly before: Limits['tiers'];
  readonly totalCups: CostUnitsPerSecond;
  readonly meanCost: number;
  readonly signals: Signals;
  readonly isDraining: boolean;
}

/**
 * Plans in a shortage of which only minutes tell, so nobody knows who asks for how much. What is known is how many keys
 * each tier has: a tier gets its weight's part of the total, its keys an even part of that. Tiers of the greatest weight
 * are left alone. Where that lets through less than the total, as it does at first, it is raised, round by round.
 */
export function minuteTiers(shortage: MinuteShortage): Limits['tiers'] {
  const { before, signals } = shortage;
  const { baseline, keyCounts, policy } = shortage.input;
  if (arePlansCut(before, baseline)) return raised(shortage);
  if (keyCounts === undefined || signals.throttledShare < policy.minutes.shortageShare) return before;
  return tiersWith(shortage, (tier) => evenRps(tier, own(keyCounts, tier) ?? 0, shortage));
}

/** A plan is written below its baseline. */
export function arePlansCut(tiers: Limits['tiers'], baseline: Baseline): boolean {
  return Object.entries(tiers).some(([tier, limit]) => limit.rateRps < (own(baseline.tiers, tier)?.rateRps ?? 0));
}

function raised(shortage: MinuteShortage): Limits['tiers'] {
  const { input, before, totalCups, signals, isDraining } = shortage;
  const { toleranceSeconds, reachedShare, largestRaiseFactor } = input.policy.minutes;
  const inForceMs = Math.max(input.effective.stageMs, ...Object.values(input.effective.tiersMs));
  const isLived = signals.startMs + toleranceSeconds * 1000 >= inForceMs;
  const reached = signals.total.admittedCups / totalCups;
  if (isDraining || !isLived || reached >= reachedShare) return before;
  // The rarer a key is that the level still trims, the less a rise of the level lets through: the cube makes up for it.
  const factor = Math.min(largestRaiseFactor, reached ** -3);
  return tiersWith(shortage, (_, standing) => factor * standing.rateRps);
}

function evenRps(tier: TierName, keys: number, { input, totalCups, meanCost }: MinuteShortage): Rps {
  const { policy, baseline } = input;
  const weights = Object.keys(baseline.tiers).map((name) => tierPolicyOf(policy, name).weight);
  const { weight } = tierPolicyOf(policy, tier);
  if (keys === 0 || weight >= Math.max(...weights)) return Number.POSITIVE_INFINITY;
  const shareCups = (totalCups * weight) / weights.reduce((sum, value) => sum + value, 0);
  return (policy.minutes.evenFactor * shareCups) / (keys * meanCost);
}

function tiersWith(
  { input, before }: MinuteShortage,
  rateOf: (tier: TierName, standing: Limit) => Rps,
): Limits['tiers'] {
  const limits = Object.entries(input.baseline.tiers).map(([tier, resting]) => {
    return [tier, tierLimit(rateOf(tier, own(before, tier) ?? resting), resting, input.policy)] as const;
  });
  return Object.fromEntries(limits);
}

function tierLimit(wantedRps: Rps, resting: Limit, { demand, guardrails }: Policy): Limit {
  const rateRps = Math.round(10 * Math.max(guardrails.leastRateRps, wantedRps)) / 10;
  if (rateRps >= resting.rateRps) return resting;
  const burst = Math.max(demand.leastTierBurstRequests, Math.round(rateRps * demand.tierBurstSeconds));
  return { rateRps, burst: Math.min(resting.burst, burst) };
}
