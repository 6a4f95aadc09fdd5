import type { Limit } from '../../../shared/limits/limit.ts';
import { STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import { emptyRecord, recordOf } from '../../../shared/platform/records.ts';
import { readKeys } from '../../../shared/state/key-directory.ts';
import type { ApiMetrics } from '../../../shared/telemetry/cloudwatch.ts';
import { keyCountsOf } from '../../../shared/telemetry/key-counts.ts';
import type { ControlDependencies } from '../dependencies.ts';
import type { Governed } from '../steering/governed-api.ts';
import type { Observation } from '../steering/observation.ts';
import { readEvidence } from './read-evidence.ts';
import type { Memory } from './recall.ts';

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
