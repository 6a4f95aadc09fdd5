import { weightedMaxMin } from '../../../shared/law/allocation/max-min.ts';
import { sacrificeRank } from '../../../shared/law/allocation/sacrifice.ts';
import { splitStage } from '../../../shared/law/allocation/stage-split.ts';
import { admittedAt, type KeyDemand, waterLevel } from '../../../shared/law/allocation/water-level.ts';
import type { Baseline, Law, LawInput } from '../../../shared/law/types.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { type MethodKey, STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import type { CostUnitsPerSecond, TierName } from '../../../shared/platform/units.ts';
import { type Policy, tierPolicyOf } from '../../../shared/policy/schema/policy-schema.ts';
import type { LawContext } from '../bench-law.ts';
import { KeyDemands } from './key-demand.ts';
import type { Bounds, Gains, TotalLaw } from './total-law.ts';
import { readingOf } from './window-reading.ts';

/** `stage`: the stage holds the total, plans stay. `shares`: plans besides get the water levels of our tier shares. */
export type Allocation = 'stage' | 'shares';

const LEAST_SHARE = 0.02;
/** All that is asked for fits below this share of the total: the plans rest. */
const REST_SHARE = 0.95;
const PLAN_BURST_SECONDS = 3;
const LEAST_PLAN_BURST = 4;
/** Smaller changes of the stage are not written. */
const STAGE_CHANGE_SHARE = 0.003;

/** A law that decides a total, on the same actuators as ours. */
export function withActuators<State>(
  rival: TotalLaw<State>,
  gains: Gains,
  allocation: Allocation,
  { policy, baseline }: LawContext,
): Law<unknown> {
  const demands = new KeyDemands();
  const startCups = baseline.stage.rateRps;
  let [totalCups, state] = [startCups, rival.start];
  return (input) => {
    const { live, windows } = input;
    let desired = live;
    for (const window of windows) {
      const reading = readingOf(window, policy);
      if (!reading) continue;
      demands.see(window, policy);
      const bounds = boundsOf(reading.costShares, baseline, policy);
      const next = rival.decide(totalCups, reading, state, gains, bounds);
      totalCups = Math.max(bounds.leastCups, Math.min(bounds.mostCups, next.totalCups));
      state = next.state;
      const tiers = allocation === 'shares' ? plansFor(totalCups, demands.byTier(), baseline, policy) : baseline.tiers;
      desired = { stage: stageFor(totalCups, reading.costShares, live.stage, baseline, policy), tiers };
    }
    return { state: undefined, conclusion: conclusionOf(rival.name, totalCups, input), desired };
  };
}

/** No method's stage limit exceeds the baseline: so much is the most in all. */
function boundsOf(costShares: Readonly<Record<MethodKey, number>>, baseline: Baseline, policy: Policy): Bounds {
  const most = Object.entries(costShares)
    .filter(([, share]) => share > 0)
    .map(([method, share]) => (baseline.stage.rateRps * (policy.methodCost[method] ?? 1)) / share);
  const startCups = baseline.stage.rateRps;
  const mostCups = Math.min(...most, Number.MAX_SAFE_INTEGER);
  return { leastCups: LEAST_SHARE * startCups, mostCups, startCups, boundMs: policy.objective.latencyMs };
}

function stageFor(
  totalCups: CostUnitsPerSecond,
  shares: Readonly<Record<MethodKey, number>>,
  live: Limits['stage'],
  baseline: Baseline,
  policy: Policy,
): Limits['stage'] {
  const costShares = Object.keys(shares).some((method) => method.startsWith('/')) ? shares : {};
  const { burstShare, leastBurstRequests, ownBucketShare } = policy.guard;
  const wanted = splitStage({
    totalCups,
    costShares,
    costOf: (method) => policy.methodCost[method] ?? 1,
    overrides: Object.keys(live).filter((key) => key !== STAGE_DEFAULT),
    leastShare: LEAST_SHARE,
    minorRoomFactor: 1,
    ownBucketShare,
    mostRps: baseline.stage.rateRps,
    leastRps: policy.guardrails.leastRateRps,
    burstOf: (rateRps) => Math.max(leastBurstRequests, Math.round(rateRps * burstShare)),
  });
  const isWorth = Object.entries(wanted).some(([key, { rateRps }]) => {
    const current = live[key];
    return current === undefined || Math.abs(rateRps / current.rateRps - 1) > STAGE_CHANGE_SHARE;
  });
  return isWorth ? wanted : live;
}

function plansFor(
  totalCups: CostUnitsPerSecond,
  keys: ReadonlyMap<TierName, readonly KeyDemand[]>,
  baseline: Baseline,
  policy: Policy,
): Limits['tiers'] {
  const demand = (tier: TierName) => admittedAt(baseline.tiers[tier]?.rateRps ?? 0, keys.get(tier) ?? []);
  const tiers = Object.keys(baseline.tiers);
  if (tiers.reduce((sum, tier) => sum + demand(tier), 0) <= REST_SHARE * totalCups) return baseline.tiers;
  const claims = tiers.map((tier) => {
    const { weight, floorShare, ceilingShare } = tierPolicyOf(policy, tier);
    const [floor, ceiling] = [floorShare * totalCups, ceilingShare * totalCups];
    return { id: tier, weight, floor, ceiling, demand: demand(tier), sacrificeRank: sacrificeRank(policy, tier) };
  });
  const shares = weightedMaxMin(totalCups, claims);
  const limits = Object.entries(baseline.tiers).map(([tier, resting]): [TierName, Limit] => {
    const share = shares[tier] ?? 0;
    if (share >= 0.999 * demand(tier)) return [tier, resting];
    const level = waterLevel(share, keys.get(tier) ?? []);
    const rateRps = Math.round(Math.max(policy.guardrails.leastRateRps, level) * 10) / 10;
    if (rateRps >= resting.rateRps) return [tier, resting];
    const burst = Math.max(LEAST_PLAN_BURST, Math.round(rateRps * PLAN_BURST_SECONDS));
    return [tier, { rateRps, burst: Math.min(burst, resting.burst) }];
  });
  return Object.fromEntries(limits);
}

function conclusionOf(rule: string, totalCups: CostUnitsPerSecond, { windows }: LawInput<unknown>) {
  return {
    kind: 'hold',
    verdict: 'trustworthy',
    rule,
    reason: `Total ${totalCups.toFixed(0)} cost units/s after ${windows.length} windows.`,
    wouldChange: 'Another window.',
    estimates: { totalCups },
  } as const;
}
