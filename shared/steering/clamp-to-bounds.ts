import type { Baseline } from '../law/types.ts';
import { type Limit, lowerLimit } from '../limits/limit.ts';
import { areSameLimits, type Limits, type StageLimits, withMethods } from '../limits/limits.ts';
import { isMethodKey, STAGE_DEFAULT } from '../limits/method-key.ts';
import { mapRecord, own, recordOf } from '../platform/records.ts';
import type { Rps } from '../platform/units.ts';
import type { Draft } from './draft.ts';
import { methodsOf } from './observation.ts';
import { adoptedLimits } from './resting-limits.ts';

/**
 * Holds the limits between the policy's floor and where they rest, and names every method of the stage: a method that is not
 * named is not written. A method whose own limit was adopted from a person has that one as its ceiling.
 */
export function clampToBounds(draft: Draft): Draft {
  const { settings, observation, resting, drift, conclusion } = draft;
  const { leastRateRps } = settings.governed.policy.guardrails;
  const { [STAGE_DEFAULT]: _default, ...methods } = adoptedLimits(drift.record, observation.account).stage;
  const named = [...methodsOf(observation).filter(isMethodKey), ...Object.keys(methods)];
  const asked = withMethods(draft.limits, named);
  const clamped = withinBounds(asked, resting, leastRateRps);
  const limits = { stage: withMethodCeilings(clamped.stage, methods, resting), tiers: clamped.tiers };
  if (areSameLimits(asked, limits)) return { ...draft, limits };
  return { ...draft, limits, conclusion: { ...conclusion, guard: 'bounds' } };
}

/** The same limits, each between the floor and its ceiling; what is no method, and tiers that were not deployed, is dropped. */
function withinBounds(limits: Limits, most: Baseline, leastRateRps: Rps): Limits {
  const stage = Object.entries(limits.stage).filter(([method]) => isMethodKey(method));
  const tiers = Object.entries(limits.tiers).flatMap(([tier, limit]) => {
    const ceiling = own(most.tiers, tier);
    return ceiling ? [[tier, between(leastRateRps, limit, ceiling)] as const] : [];
  });
  return {
    stage: mapRecord(recordOf(stage), (limit) => between(leastRateRps, limit, most.stage)),
    tiers: recordOf(tiers),
  };
}

function between(leastRateRps: Rps, { rateRps, burst }: Limit, most: Limit): Limit {
  return lowerLimit(most, { rateRps: Math.max(leastRateRps, rateRps), burst: Math.max(1, burst) });
}

/**
 * The same limits, with methods within ceilings of their own. Below its ceiling a method has what is wanted; a method at
 * the stage's ceiling has its own, be it higher.
 */
function withMethodCeilings(stage: StageLimits, ceilings: StageLimits, most: Baseline): StageLimits {
  return mapRecord(stage, (limit, method) => {
    const ceiling = own(ceilings, method);
    if (!ceiling) return limit;
    return limit.rateRps >= most.stage.rateRps ? ceiling : lowerLimit(limit, ceiling);
  });
}
