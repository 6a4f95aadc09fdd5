import type { Limit } from '../../../shared/limits/limit.ts';
import { STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import { emptyRecord, recordOf } from '../../../shared/platform/records.ts';
import { readKeys } from '../../../shared/state/key-directory.ts';
import type { Observation } from '../../../shared/steering/observation.ts';
import { keyCountsOf } from '../../../shared/telemetry/key-counts.ts';
import type { ControlDependencies } from '../dependencies.ts';
import type { Look } from './look.ts';
import { readEvidence } from './read-evidence.ts';

/** Reads everything that one tick decides by. */
export async function observe(
  dependencies: ControlDependencies,
  { governed, memory, metrics }: Look,
): Promise<Observation> {
  const { api, policy } = governed;
  const { record, desired } = memory;
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
  const evidence = await readEvidence(table, { api, policy, law: record.law, metrics, now });
  const isByMinutes = evidence.windows.length > 0 && evidence.windows.every(({ source }) => source === 'metrics');
  const keyCounts = isByMinutes ? keyCountsOf((await readKeys(table, api)).values()) : undefined;
  return { now, record, desired, reading, account, live, evidence, keyCounts };
}
