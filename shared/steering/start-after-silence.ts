import { pendingPlanWrites } from '../law/allocation/plan-writes.ts';
import { isStageOutOfStep } from '../limits/bounds.ts';
import { mapRecord } from '../platform/records.ts';
import type { Desired } from '../state/desired.ts';
import type { Draft } from './draft.ts';
import type { Observation } from './observation.ts';
import { AFRESH } from './override/ways-back.ts';
import { isStale } from './stale.ts';

/**
 * After missed ticks, control starts from the limits that it finds: where they are not what it wanted (the fail-safe, a
 * deploy or a person moved them) the law starts afresh from them, and the stage then moves in the guardrail's steps.
 */
export function startAfterSilence(draft: Draft): Draft {
  const { observation, wayBack } = draft;
  const { desired, record, now } = observation;
  if (desired === undefined || !isStale(desired, now)) return draft;
  const afresh = { ...observation, record: { ...record, law: undefined } };
  return {
    ...draft,
    observation: isInForce(desired, observation) ? observation : afresh,
    wayBack: wayBack ?? AFRESH,
  };
}

/** Whether the limits are as they were desired, as far as a difference is worth a write. */
export function isInForce({ stage, plans, rules }: Desired, { live, account }: Observation): boolean {
  const wanted = mapRecord(plans, ({ limit }) => limit);
  return !isStageOutOfStep(stage, live.stage, account) && pendingPlanWrites(wanted, live.tiers, rules).length === 0;
}
