import type { Baseline, LawInput } from '../../../shared/law/types.ts';
import { STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import { PLAN_SETTLE_MS, STAGE_SETTLE_MS } from '../../../shared/platform/aws-assumptions.ts';
import type { DeployedBaseline } from '../../../shared/platform/environment.ts';
import { emptyRecord, own, recordOf } from '../../../shared/platform/records.ts';
import type { EpochMs } from '../../../shared/platform/units.ts';
import { adoptedLimits } from './adopted-limits.ts';
import { ceilings } from './compare-limits.ts';
import type { Governed } from './governed-api.ts';
import type { Observation } from './observation.ts';

/**
 * What the law may look at. A deploy that reset a limit to its baseline needs no word here: the law sees that what it
 * wanted is not in force, and wants it still.
 */
export function lawInput(observation: Observation, governed: Governed, baseline: Baseline): LawInput<unknown> {
  const { record, live, now, drift } = observation;
  const isOutdated = (drift?.adoptedMs ?? 0) > (record.law?.lookedMs ?? 0);
  const tiersMs = emptyRecord<EpochMs>();
  for (const tier of Object.keys(live.tiers)) tiersMs[tier] = settled(own(record.appliedTiers, tier), PLAN_SETTLE_MS);
  return {
    // A law must not go on towards what it wanted before somebody's limits were adopted.
    state: isOutdated ? undefined : record.law?.state,
    windows: observation.evidence.windows,
    ...(observation.evidence.heartbeat ? { heartbeat: observation.evidence.heartbeat } : {}),
    live,
    effective: { stageMs: settled(record.appliedStage, STAGE_SETTLE_MS), tiersMs },
    policy: governed.policy,
    ...(observation.keyCounts ? { keyCounts: observation.keyCounts } : {}),
    baseline: ceilings(withAdopted(baseline, observation), observation.account),
    now,
  };
}

export function baselineOf(deployed: DeployedBaseline): Baseline {
  const tiers = Object.entries(deployed.tiers).map(([tier, { rateRps, burst }]) => [tier, { rateRps, burst }] as const);
  return { stage: deployed.stageLimit, tiers: recordOf(tiers) };
}

/** What was adopted stands in for what was deployed. */
function withAdopted({ stage, tiers }: Baseline, { drift, account }: Observation): Baseline {
  const adopted = adoptedLimits(drift, account);
  return {
    stage: adopted.get(`stage ${STAGE_DEFAULT}`) ?? stage,
    tiers: recordOf(
      Object.entries(tiers).map(([tier, limit]) => [tier, adopted.get(`tier ${tier}`) ?? limit] as const),
    ),
  };
}

function settled(applied: { readonly writtenMs: EpochMs } | undefined, settleMs: number): EpochMs {
  return applied ? applied.writtenMs + settleMs : 0;
}
