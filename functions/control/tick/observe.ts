import { STAGE_DEFAULT } from '../../../shared/gateway/method-keys.ts';
import type { StageReading } from '../../../shared/gateway/port.ts';
import type { Baseline, LawInput } from '../../../shared/law/types.ts';
import { PLAN_SETTLE_MS, STAGE_SETTLE_MS } from '../../../shared/platform/aws-assumptions.ts';
import type { DeployedBaseline } from '../../../shared/platform/environment.ts';
import { emptyRecord, own, recordOf } from '../../../shared/platform/records.ts';
import type { EpochMs, Limit, Limits, TierName } from '../../../shared/platform/units.ts';
import type { ControlRecord } from '../../../shared/state/control-record.ts';
import type { Desired } from '../../../shared/state/desired.ts';
import type { DriftRecord } from '../../../shared/state/drift-record.ts';
import { readKeys } from '../../../shared/state/key-directory.ts';
import type { ApiMetrics } from '../../../shared/telemetry/cloudwatch.ts';
import { keyCountsOf } from '../../../shared/telemetry/key-counts.ts';
import type { ControlDependencies } from '../dependencies.ts';
import type { Governed } from '../operator/accept-policies.ts';
import { ceilings } from '../steering/compare-limits.ts';
import { type Evidence, readEvidence } from './read-evidence.ts';
import type { Memory } from './recall.ts';

/** Everything one tick knows before it decides. */
export interface Observation {
  readonly now: EpochMs;
  readonly record: ControlRecord;
  readonly desired: Desired | undefined;
  readonly reading: StageReading;
  readonly account: Limit;
  /** The limits in force. */
  readonly live: Limits;
  readonly evidence: Evidence;
  /** Keys per tier, read only where there are no windows of the log to go by. */
  readonly keyCounts: Readonly<Record<TierName, number>> | undefined;
  /** What others did to the limits, as of this look. */
  readonly drift: DriftRecord | undefined;
}

export async function observe(
  dependencies: ControlDependencies,
  { api, policy }: Governed,
  { record, desired }: Memory,
  metrics: ApiMetrics | undefined,
): Promise<Observation> {
  const { clock, table, gateway, baseline } = dependencies;
  const now = clock.now();
  const account = await gateway.accountLimit();
  const reading = await gateway.readStage(api);
  const plans = await gateway.readPlans();
  const tiers = emptyRecord<Limit>();
  for (const [tier, { planId }] of Object.entries(baseline.tiers)) {
    const limit = plans.get(planId);
    if (limit) tiers[tier] = limit;
  }
  // A stage that nobody ever limited is bounded by the account alone.
  const stage = recordOf(Object.entries({ [STAGE_DEFAULT]: account, ...reading.limits }));
  const live = { stage, tiers };
  const evidence = await readEvidence(table, api, record.law, metrics, policy, now);
  const isByMinutes = evidence.windows.length > 0 && evidence.windows.every(({ source }) => source === 'metrics');
  const keyCounts = isByMinutes ? keyCountsOf((await readKeys(table, api)).values()) : undefined;
  return { now, record, desired, reading, account, live, evidence, keyCounts, drift: record.drift };
}

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
    baseline: ceilings(withAdopted(baseline, drift), observation.account),
    now,
  };
}

/** What was adopted stands in for what was deployed. */
function withAdopted({ stage, tiers }: Baseline, drift: DriftRecord | undefined): Baseline {
  const adopted = drift?.adopted ?? {};
  return {
    stage: adopted[`stage ${STAGE_DEFAULT}`] ?? stage,
    tiers: recordOf(Object.entries(tiers).map(([tier, limit]) => [tier, adopted[`tier ${tier}`] ?? limit] as const)),
  };
}

function settled(applied: { readonly writtenMs: EpochMs } | undefined, settleMs: number): EpochMs {
  return applied ? applied.writtenMs + settleMs : 0;
}

export function baselineOf(deployed: DeployedBaseline): Baseline {
  const tiers = Object.entries(deployed.tiers).map(([tier, { rateRps, burst }]) => [tier, { rateRps, burst }] as const);
  return { stage: deployed.stageLimit, tiers: recordOf(tiers) };
}
