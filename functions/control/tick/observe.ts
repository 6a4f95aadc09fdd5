import type { StageReading } from '../../../shared/gateway/port.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import { describeError } from '../../../shared/platform/errors.ts';
import { mapRecord, own, recordOf } from '../../../shared/platform/records.ts';
import type { EpochMs } from '../../../shared/platform/units.ts';
import { readKeys } from '../../../shared/state/key-directory.ts';
import { activeOverride } from '../../../shared/steering/governed.ts';
import type { Observation } from '../../../shared/steering/observation.ts';
import { setsStage } from '../../../shared/steering/override/override-limits.ts';
import { keyCountsOf } from '../../../shared/telemetry/key-counts.ts';
import type { ControlDependencies } from '../dependencies.ts';
import type { Look } from './look.ts';
import { readEvidence } from './read-evidence.ts';

/**
 * Reads everything that one tick decides by. An override that sets the stage (a kill, or a pin of the stage) needs the stage
 * alone: it is carried out without whatever else cannot be read.
 * @throws Error if a read fails that the tick needs, or if the limit of the stage is invalid and no override sets it
 */
export async function observe(dependencies: ControlDependencies, look: Look): Promise<Observation> {
  const { clock, gateway, baseline, logger } = dependencies;
  const { governed, memory } = look;
  const now = clock.now();
  const isStageSet = setsStage(activeOverride(governed.override, now));
  const unread: string[] = [];
  const attempt = async <Value>(read: () => Promise<Value>, instead: Value): Promise<Value> => {
    try {
      return await read();
    } catch (error) {
      if (!isStageSet) throw error;
      unread.push(describeError(error));
      return instead;
    }
  };
  const account = (await attempt(gateway.accountLimit, undefined)) ?? withoutAccount(dependencies);
  const reading = await gateway.readStage(governed.api, account);
  const plans = await attempt(gateway.readPlans, new Map<string, Limit>());
  const signals = await attempt(() => readSignals(dependencies, look, now), nothingNew(look));
  if (unread.length > 0) logger.warn('The override is carried out without what could not be read.', { unread });
  const tiers = Object.entries(baseline.tiers).flatMap(([tier, { planId }]) => {
    const limit = plans.get(planId);
    return limit ? [[tier, limit] as const] : [];
  });
  const live = { stage: stageInForce(reading, account, isStageSet), tiers: recordOf(tiers) };
  const { record, desired } = memory;
  // A law that is not asked has seen nothing: the next one that is asked sees the same windows.
  const seen = unread.length > 0 ? nothingNew(look) : signals;
  return { now, record, desired, reading, account, live, unread, ...seen };
}

function withoutAccount({ baseline, logger }: ControlDependencies): Limit {
  logger.warn('GetAccount returned no throttle limit: the deployed limit of the stage bounds every other.', {
    stageLimit: baseline.stageLimit,
  });
  return baseline.stageLimit;
}

/**
 * A stage that nobody ever limited is bounded by the account alone. An invalid limit says nothing of what is in force: an
 * override that sets the stage replaces it, as if the account's limit applied; without one, it is no ground for a decision.
 */
function stageInForce({ limits, unreadable }: StageReading, account: Limit, isStageSet: boolean): Limits['stage'] {
  const why = own(unreadable, STAGE_DEFAULT);
  if (why !== undefined && !isStageSet) throw new Error(`The limit of the stage is unknown: ${why}.`);
  const unknown = isStageSet ? mapRecord(unreadable, () => account) : {};
  return recordOf(Object.entries({ [STAGE_DEFAULT]: account, ...unknown, ...limits }));
}

type Signals = Pick<Observation, 'evidence' | 'keyCounts'>;

async function readSignals(
  { table }: ControlDependencies,
  { governed: { api, policy }, memory, metrics }: Look,
  now: EpochMs,
): Promise<Signals> {
  const evidence = await readEvidence(table, { api, policy, law: memory.record.law, metrics, now });
  const isByMinutes = evidence.windows.length > 0 && evidence.windows.every(({ source }) => source === 'metrics');
  const keyCounts = isByMinutes ? keyCountsOf((await readKeys(table, api)).values()) : undefined;
  return { evidence, keyCounts };
}

function nothingNew({ memory: { record } }: Look): Signals {
  const { seenLogsMs = 0, seenMetricsMs = 0 } = record.law ?? {};
  return {
    evidence: { windows: [], heartbeat: undefined, trust: {}, seenLogsMs, seenMetricsMs },
    keyCounts: undefined,
  };
}
