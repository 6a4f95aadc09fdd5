import { limitOf, type StageLimits } from '../../limits/limits.ts';
import type { MethodKey } from '../../limits/method-key.ts';
import { own } from '../../platform/records.ts';
import type { CostUnitsPerSecond, EpochMs, Rps } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import { splitStage } from '../allocation/stage-split.ts';
import type { MemoryState } from '../state.ts';
import { sumOf } from '../telling/demand.ts';
import { faded } from '../telling/memory.ts';
import type { Baseline } from '../types.ts';

/**
 * What the stage allows at rest: a factor over the highest healthy rate, so that a surge meets a limit that was tested
 * nearly in full, not one that nobody ever tested. Null until enough healthy time was seen.
 */
export function guardTotal(
  memory: MemoryState,
  baseline: Baseline,
  policy: Policy,
  now: EpochMs,
): CostUnitsPerSecond | null {
  if (memory.confirmed === null || memory.healthySeconds < policy.guard.warmUpSeconds) return null;
  const confirmed = faded(memory.confirmed, now, policy.guard.confirmedMemorySeconds);
  // As if every request cost 1: where they cost more, the deployed rate was never meant for all of them.
  const least = policy.guard.leastBaselineShare * baseline.stage.rateRps;
  const { confirmedFactor, kneeRoomFactor } = policy.guard;
  const isByMinutes = memory.lastWindowEndMs > memory.lastLogEndMs;
  const factor = isByMinutes
    ? policy.minutes.guardFactor
    : kneeRoomFactor + (confirmedFactor - kneeRoomFactor) * memory.headroom;
  const wanted = Math.max(confirmed * factor, least, policy.capacity.floorCups ?? 0);
  return Math.min(wanted, policy.capacity.ceilingCups ?? Number.POSITIVE_INFINITY);
}

/** The burst that belongs to a stage rate: small, but enough for an honest random stream. */
export function stageBurst(rateRps: Rps, policy: Policy): number {
  return Math.max(policy.guard.leastBurstRequests, Math.ceil(rateRps * policy.guard.burstShare));
}

/** The same rates with bursts no larger than the guard's. */
export function withTightBursts(stage: StageLimits, policy: Policy): StageLimits {
  const tightened = Object.entries(stage).map(([key, limit]) => {
    const burst = Math.min(limit.burst, stageBurst(limit.rateRps, policy));
    return [key, { rateRps: limit.rateRps, burst }] as const;
  });
  return Object.fromEntries(tightened);
}

/** Stage settings for a total, divided between the methods by the cost expected of each. */
export function stageFor(
  totalCups: CostUnitsPerSecond,
  expected: Readonly<Record<MethodKey, CostUnitsPerSecond>>,
  overrides: readonly MethodKey[],
  minorRoomFactor: number,
  { baseline, policy }: { readonly baseline: Baseline; readonly policy: Policy },
): StageLimits {
  const sum = sumOf(expected);
  const shares = Object.entries(expected).map(([method, cups]) => [method, sum > 0 ? cups / sum : 0] as const);
  return splitStage({
    totalCups,
    costShares: Object.fromEntries(shares),
    costOf: (method) => own(policy.methodCost, method) ?? 1,
    overrides,
    leastShare: policy.guard.methodLeastShare,
    minorRoomFactor,
    ownBucketShare: policy.guard.ownBucketShare,
    mostRps: baseline.stage.rateRps,
    leastRps: policy.guardrails.leastRateRps,
    burstOf: (rateRps) => stageBurst(rateRps, policy),
  });
}

/** What these settings admit in all, of the methods that are in use. */
export function stageCapacity(
  stage: StageLimits,
  expected: Readonly<Record<MethodKey, CostUnitsPerSecond>>,
  policy: Policy,
): CostUnitsPerSecond {
  return Object.keys(expected).reduce((sum, method) => {
    const limit = limitOf(stage, method);
    return sum + (limit?.rateRps ?? 0) * (own(policy.methodCost, method) ?? 1);
  }, 0);
}

/** Same settings, each rate within `share` of the other. */
export function stagesAgree(a: StageLimits, b: StageLimits, share: number): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => {
    const left = own(a, key);
    const right = own(b, key);
    if (left === undefined || right === undefined) return false;
    return Math.abs(left.rateRps - right.rateRps) <= share * Math.max(left.rateRps, right.rateRps);
  });
}
