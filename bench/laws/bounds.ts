import { weightedMaxMin } from '../../shared/allocation/max-min.ts';
import { splitStage } from '../../shared/allocation/stage-split.ts';
import { waterLevel } from '../../shared/allocation/water-level.ts';
import type { Law, LawInput } from '../../shared/control/types.ts';
import type { CostUnitsPerSecond, Limit, Limits, MethodKey, TierName } from '../../shared/platform/units.ts';
import { tierPolicyOf } from '../../shared/policy/schema.ts';
import type { BenchLaw, LawContext } from './bench-law.ts';
import type { KnownKey } from './knowledge.ts';

const TICK_SECONDS = 5;
/** A little work always waits, so that the backend never stands idle; far less than the objective's bound allows. */
const TARGET_BACKLOG_SECONDS = 0.1;
const CORRECTION_SECONDS = 20;
const LEAST_TOTAL_SHARE = 0.5;
/** Smaller changes of the stage are not worth a write. */
const STAGE_CHANGE_SHARE = 0.005;
/** Room above the total where the plans hold it: the stage is blind to tiers. */
const STAGE_ROOM = 1.02;
const BURST_SECONDS = 0.05;
const PLAN_BURST_SECONDS = 1;

/** Everything about the present is known; limits are written as everybody must: late, and one plan per 20 s. */
export const perfect: BenchLaw = {
  name: 'perfect',
  telemetry: { kind: 'none' },
  tickSeconds: TICK_SECONDS,
  create: (context) => perfectLaw(context),
};

function perfectLaw(context: LawContext): Law<unknown> {
  return (input) => {
    const { knowledge, baseline } = context;
    const keys = knowledge.keyDemand(input.now);
    const total = totalFor(context, input.now);
    const limits = tierLimits(total, keys, context);
    const isContended = Object.keys(limits).length > 0;
    const tiers = { ...baseline.tiers, ...limits };
    const wanted = stageLimits(total * (isContended ? STAGE_ROOM : 1), keys, tiers, context);
    const live = input.live.stage;
    const stage = isWorthWriting(wanted, live) ? wanted : live;
    return { state: undefined, conclusion: conclusionOf(total, input), desired: { stage, tiers } };
  };
}

/** What may be admitted: the capacity, less what shrinks the queue to its target, or more where it is shorter. */
function totalFor({ knowledge }: LawContext, now: number): CostUnitsPerSecond {
  const capacity = knowledge.capacityCups(now);
  const excess = knowledge.backlogCups() - TARGET_BACKLOG_SECONDS * capacity;
  return Math.max(LEAST_TOTAL_SHARE * capacity, capacity - excess / CORRECTION_SECONDS);
}

/** The water level of every tier that cannot have all it asks for within its contract. */
function tierLimits(total: CostUnitsPerSecond, keys: readonly KnownKey[], context: LawContext): Limits['tiers'] {
  const { baseline, policy, knowledge } = context;
  const byTier = Map.groupBy(keys, (key) => key.tier);
  const demand = new Map<TierName, CostUnitsPerSecond>();
  for (const [tier, list] of byTier)
    demand.set(
      tier,
      list.reduce((sum, key) => sum + contractRps(key, baseline.tiers[tier]) * key.costPerRequest, 0),
    );
  const claims = [...demand].map(([id, asked]) => {
    const { weight, floorShare, sacrificeOrder } = tierPolicyOf(policy, id);
    const order = sacrificeOrder === 'never' ? undefined : sacrificeOrder;
    return {
      id,
      weight,
      floor: floorShare * total,
      ceiling: Number.POSITIVE_INFINITY,
      demand: asked,
      sacrificeOrder: order,
    };
  });
  const shares = weightedMaxMin(total, claims);
  const limits: Record<TierName, Limit> = {};
  for (const [tier, list] of byTier) {
    const share = shares[tier] ?? 0;
    if (share >= 0.999 * (demand.get(tier) ?? 0)) continue;
    const level = waterLevel(
      share,
      list.map((key) => ({
        rps: contractRps(key, baseline.tiers[tier]),
        count: 1,
        costPerRequest: key.costPerRequest,
      })),
    );
    const rateRps = Math.max(0.1, Math.round((level / (1 + knowledge.slack)) * 100) / 100);
    limits[tier] = { rateRps, burst: Math.max(2, Math.round(rateRps * PLAN_BURST_SECONDS)) };
  }
  return limits;
}

function contractRps(key: KnownKey, contract: Limit | undefined): number {
  return Math.min(key.rps, contract?.rateRps ?? Number.POSITIVE_INFINITY);
}

function stageLimits(
  total: CostUnitsPerSecond,
  keys: readonly KnownKey[],
  tiers: Limits['tiers'],
  context: LawContext,
): Limits['stage'] {
  const { policy, baseline, knowledge } = context;
  const cost: Record<MethodKey, CostUnitsPerSecond> = {};
  for (const key of keys) {
    const rps = Math.min(key.rps, tiers[key.tier]?.rateRps ?? Number.POSITIVE_INFINITY);
    for (const [method, share] of Object.entries(key.mix))
      cost[method] = (cost[method] ?? 0) + rps * share * (policy.methodCost[method] ?? 1);
  }
  const sum = Object.values(cost).reduce((a, b) => a + b, 0);
  const costShares = Object.fromEntries(
    Object.entries(cost).map(([method, cups]) => [method, sum > 0 ? cups / sum : 0]),
  );
  return splitStage({
    totalCups: total / (1 + knowledge.slack),
    costShares,
    costOf: (method) => policy.methodCost[method] ?? 1,
    overrides: [],
    leastShare: 0.02,
    minorRoomFactor: 1.1,
    ownBucketShare: 0.02,
    mostRps: baseline.stage.rateRps,
    leastRps: 0.1,
    burstOf: (rateRps) => Math.max(10, Math.round(rateRps * BURST_SECONDS)),
  });
}

function isWorthWriting(wanted: Limits['stage'], live: Limits['stage']): boolean {
  return Object.entries(wanted).some(([key, limit]) => {
    const current = live[key];
    return current === undefined || Math.abs(limit.rateRps / current.rateRps - 1) > STAGE_CHANGE_SHARE;
  });
}

function conclusionOf(totalCups: number, input: LawInput<unknown>) {
  return {
    kind: 'hold' as const,
    verdict: 'trustworthy' as const,
    rule: 'perfect',
    reason: `total ${totalCups.toFixed(1)} cups at ${input.now}`,
    wouldChange: '',
    estimates: { totalCups },
  };
}
