import { planWriteRules } from '../../../shared/law/allocation/plan-write-rules.ts';
import type { Baseline } from '../../../shared/law/types.ts';
import { bounded } from '../../../shared/limits/bounds.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import { isSameLimit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { emptyRecord, own } from '../../../shared/platform/records.ts';
import type { EpochMs, TierName } from '../../../shared/platform/units.ts';
import type { Policy } from '../../../shared/policy/schema/policy-schema.ts';
import { saveAppliedStage } from '../../../shared/state/control-record.ts';
import type { StageOutcome } from '../../../shared/state/decisions.ts';
import {
  clearDesired,
  type DecisionUnderWay,
  type Desired,
  type DesiredPlan,
  saveDesired,
} from '../../../shared/state/desired.ts';
import type { Lease } from '../../../shared/state/lease.ts';
import { apiDimensions } from '../../../shared/telemetry/emf.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { stageDiffers } from '../steering/compare-limits.ts';
import type { Governed } from '../steering/governed-api.ts';
import type { Observation } from '../steering/observation.ts';
import { Superseded } from '../superseded.ts';
import { standBack } from './stand-back.ts';

/** Limits, and the plans to be written first. */
export interface WantedLimits extends Limits {
  readonly planOrder: readonly TierName[];
}

/**
 * Makes a decision so: what is desired, and why, is written down first, under the fence, then the stage is patched; the
 * plans follow by wake-ups. Unless the policy enforces, nothing is desired of anybody.
 * @throws Superseded before anything was changed.
 */
export async function act(
  dependencies: ControlDependencies,
  governed: Governed,
  baseline: Baseline,
  lease: Lease,
  observation: Observation,
  wanted: WantedLimits,
  decision: DecisionUnderWay,
): Promise<StageOutcome> {
  const { table } = dependencies;
  if (governed.policy.mode !== 'enforce') {
    if (observation.desired && !(await clearDesired(table, lease))) throw new Superseded('The lease has passed on.');
    return 'not-enforced';
  }
  const desired = desiredOf(dependencies, governed.policy, baseline, observation, wanted);
  if (!(await saveDesired(table, lease, { ...desired, decision }))) throw new Superseded('The lease has passed on.');
  return await patchStage(dependencies, governed, lease, observation, wanted);
}

/** Limits as they will read back: what can never be in force must not stay in the backlog for ever. */
function desiredOf(
  { baseline: deployed }: ControlDependencies,
  policy: Policy,
  baseline: Baseline,
  { now, account, desired: before }: Observation,
  wanted: WantedLimits,
): Desired {
  const plans = emptyRecord<DesiredPlan>();
  for (const [tier, limit] of Object.entries(writableLimits(wanted.tiers, account))) {
    const planId = own(deployed.tiers, tier)?.planId;
    if (planId !== undefined) plans[tier] = { planId, limit, sinceMs: sinceOf(limit, own(before?.plans, tier), now) };
  }
  const rules = { ...planWriteRules(policy, writableLimits(baseline.tiers, account)), planOrder: wanted.planOrder };
  return { stage: writableLimits(wanted.stage, account), plans, rules, decidedMs: now };
}

/** A target that was wanted before has waited since then. */
function sinceOf(limit: Limit, before: DesiredPlan | undefined, now: EpochMs): EpochMs {
  return before && isSameLimit(before.limit, limit) ? before.sinceMs : now;
}

function writableLimits(limits: Readonly<Record<string, Limit>>, account: Limit): Record<string, Limit> {
  const writable = emptyRecord<Limit>();
  for (const [name, limit] of Object.entries(limits)) {
    const allowed = bounded(limit, account);
    if (allowed.kind === 'limit') writable[name] = allowed.limit;
  }
  return writable;
}

async function patchStage(
  dependencies: ControlDependencies,
  { api }: Governed,
  lease: Lease,
  { live, account, reading }: Observation,
  wanted: Limits,
): Promise<StageOutcome> {
  const { gateway, table, clock, publish, logger } = dependencies;
  if (!stageDiffers(wanted.stage, live.stage, account)) return 'unchanged';
  const result = await gateway.writeStage(api, wanted.stage, reading);
  if (result.kind === 'written') {
    await saveAppliedStage(table, lease, result.value, clock.now());
    return 'written';
  }
  if (result.kind === 'deferred') await standBack(dependencies, api, result.retryAfterMs);
  const name = { mismatch: 'WriteMismatches', deferred: 'WritesDeferred', refused: 'WritesRefused' }[result.kind];
  publish(apiDimensions(api), [{ name, unit: 'Count', values: [1] }]);
  logger.warn('The stage was not written.', { ...result });
  return result.kind;
}
