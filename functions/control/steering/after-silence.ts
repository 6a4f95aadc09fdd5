import { pendingPlanWrites } from '../../../shared/law/allocation/plan-writes.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { TierName } from '../../../shared/platform/units.ts';
import { type Desired, isStale } from '../../../shared/state/desired.ts';
import type { Hold } from '../../../shared/state/hold-record.ts';
import { stageDiffers } from './compare-limits.ts';
import type { Observation } from './observation.ts';

/** What an observation is worth after a silence of control, and from where the stage is to be led. */
export interface Found {
  readonly observation: Observation;
  readonly hold: Hold | undefined;
}

/**
 * Control is back after it missed ticks. What it finds is what it starts from: where the limits are not what it wanted
 * (the fail-safe, a deploy or a person moved them) the law begins afresh from them, and whatever it wants of the stage
 * then comes in the guardrail's steps. Pure.
 */
export function afterSilence(observation: Observation, hold: Hold | undefined): Found {
  const { desired, record, now } = observation;
  if (desired === undefined || !isStale(desired, now)) return { observation, hold };
  const isAsWanted = isInForce(desired, observation);
  return {
    observation: isAsWanted ? observation : { ...observation, record: { ...record, law: undefined } },
    hold: hold ?? { restorePoint: { stage: {}, tiers: {} }, isStageHeld: true, isAfterSilence: true },
  };
}

/** Whether the limits are as they were desired, as far as a difference is worth a write. */
export function isInForce({ stage, plans, rules }: Desired, { live, account }: Observation): boolean {
  const wanted: Record<TierName, Limit> = {};
  for (const [tier, { limit }] of Object.entries(plans)) wanted[tier] = limit;
  return !stageDiffers(stage, live.stage, account) && pendingPlanWrites(wanted, live.tiers, rules).length === 0;
}
