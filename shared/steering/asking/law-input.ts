import type { LawInput } from '../../law/types.ts';
import { isShut } from '../../limits/bounds.ts';
import { NO_LIMITS } from '../../limits/limits.ts';
import { PLAN_SETTLE_MS, STAGE_SETTLE_MS } from '../../platform/aws-assumptions.ts';
import { mapRecord, own } from '../../platform/records.ts';
import type { EpochMs } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { Draft } from '../draft.ts';
import { activeOverride } from '../governed.ts';
import { takesStage } from '../override/override-limits.ts';

/**
 * What the law may look at. A deploy that reset a limit to its baseline needs no word here: the law sees that the limit it
 * wanted is not in force, and wants it still.
 */
export function lawInput(draft: Draft): LawInput<unknown> {
  const { observation, settings, resting, drift } = draft;
  const { record, live, now, evidence, keyCounts } = observation;
  const isOutdated = (drift.record?.adoptedMs ?? 0) > (record.law?.lookedMs ?? 0);
  const { policy } = settings.governed;
  // While the stage is out of its hands the law only watches: no action of its own may wait for an effect that cannot come.
  const watching: Policy = { ...policy, mode: 'shadow' };
  // A law must not go on towards what it wanted before somebody's limits were adopted.
  const state = isOutdated ? undefined : record.law?.state;
  return {
    state,
    windows: evidence.windows,
    ...(evidence.heartbeat ? { heartbeat: evidence.heartbeat } : {}),
    live: state === undefined ? asFound(draft) : live,
    effective: {
      stageMs: settled(record.appliedStage, STAGE_SETTLE_MS),
      tiersMs: mapRecord(live.tiers, (_, tier) => settled(own(record.appliedTiers, tier), PLAN_SETTLE_MS)),
    },
    policy: takesStage(activeOverride(settings.governed.override, now)) ? watching : policy,
    ...(keyCounts ? { keyCounts } : {}),
    baseline: resting,
    now,
  };
}

/**
 * A law without memory starts from the limits that a brake replaced: the emergency floor is nobody's choice of a limit. A
 * limit that somebody shut says nothing of what the backend can take: the law starts from where the limit rests.
 */
function asFound({ observation: { live }, wayBack, resting }: Draft): LawInput<unknown>['live'] {
  const { stage, tiers } = wayBack?.restorePoint ?? NO_LIMITS;
  return {
    stage: mapRecord({ ...live.stage, ...stage }, (limit) => (isShut(limit) ? resting.stage : limit)),
    tiers: mapRecord({ ...live.tiers, ...tiers }, (limit, tier) =>
      isShut(limit) ? (own(resting.tiers, tier) ?? limit) : limit,
    ),
  };
}

function settled(applied: { readonly writtenMs: EpochMs } | undefined, settleMs: number): EpochMs {
  return applied ? applied.writtenMs + settleMs : 0;
}
