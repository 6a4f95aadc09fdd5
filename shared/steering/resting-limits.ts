import type { Baseline } from '../law/types.ts';
import { bounded } from '../limits/bounds.ts';
import { type Limit, lowerLimit } from '../limits/limit.ts';
import { type Limits, NO_LIMITS } from '../limits/limits.ts';
import { STAGE_DEFAULT } from '../limits/method-key.ts';
import type { DeployedBaseline } from '../platform/environment.ts';
import { mapRecord, own, recordOf } from '../platform/records.ts';
import type { DriftRecord } from '../state/drift-record.ts';

/** The limits that the template deployed. */
export function baselineOf({ stageLimit, tiers }: DeployedBaseline): Baseline {
  return { stage: stageLimit, tiers: mapRecord(tiers, ({ rateRps, burst }) => ({ rateRps, burst })) };
}

/**
 * Where each limit rests, which is also the most that it may be: as deployed, or as adopted from a person; no more than
 * the account has, and for a tier no more than for the stage.
 */
export function restingLimits(deployed: DeployedBaseline, drift: DriftRecord | undefined, account: Limit): Baseline {
  const { stage, tiers } = baselineOf(deployed);
  const adopted = adoptedLimits(drift, account);
  const most = lowerLimit(own(adopted.stage, STAGE_DEFAULT) ?? stage, account);
  return {
    stage: most,
    tiers: mapRecord(tiers, (limit, tier) => lowerLimit(own(adopted.tiers, tier) ?? limit, most)),
  };
}

/**
 * The limits that were adopted from a person in place of the deployed ones. A limit of nothing, or one that no stage can
 * have, does not count: Tidegate could never write it, and a law that rests at nothing could not decide.
 */
export function adoptedLimits(drift: DriftRecord | undefined, account: Limit): Limits {
  const { stage, tiers } = drift?.adopted ?? NO_LIMITS;
  const usable = (limits: Limits['tiers']) =>
    recordOf(Object.entries(limits).filter(([, limit]) => bounded(limit, account).kind === 'limit'));
  return { stage: usable(stage), tiers: usable(tiers) };
}
