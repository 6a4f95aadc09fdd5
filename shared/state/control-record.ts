import type { Limit } from '../limits/limit.ts';
import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import { emptyRecord } from '../platform/records.ts';
import type { EpochMs, TierName } from '../platform/units.ts';
import { BACKOFF, backoffIn } from './backoff.ts';
import { type Claim, claimsOf, DRIFT_FORM, type DriftRecord } from './drift-record.ts';
import { CEILING_MS, isPlausible } from './items/ceilings.ts';
import { anything, fields, instant, limit, numberWithin, optional, recordWith, text } from './items/shape.ts';
import { attributesOf, type Form, readFenced, readValue, saveFenced } from './items/stored.ts';
import { type Attributes, type Key, nowOf, numberOf, putItem, queryItems, type Table, textOf } from './items/table.ts';
import { highestFence, LEASE, type Lease } from './lease.ts';
import { WAY_BACK, type WayBack, wayBackIn } from './way-back.ts';

/** What one tick stores for the next tick. */
export interface LawRecord {
  readonly state: unknown;
  /** Start of the newest window seen of the access log, and of CloudWatch. */
  readonly seenLogsMs: EpochMs;
  readonly seenMetricsMs: EpochMs;
  /** The latency objective last passed to telemetry, in milliseconds. */
  readonly toldSlowMs: number;
  /** The id of the recorded decision of that tick. */
  readonly decisionId?: string;
  /** The instant of that tick. */
  readonly lookedMs: EpochMs;
}

/** The limits that Tidegate wrote last, and when; they are in force unless somebody else changed them. */
export interface Applied<Value> {
  readonly value: Value;
  readonly writtenMs: EpochMs;
}

export interface ControlRecord {
  readonly law: LawRecord | undefined;
  readonly appliedStage: Applied<Readonly<Record<string, Limit>>> | undefined;
  readonly appliedTiers: Readonly<Record<TierName, Applied<Limit>>>;
  /** Changes of limits by others; undefined before the first look. */
  readonly drift: DriftRecord | undefined;
  readonly wayBack: WayBack | undefined;
  /** Reports of who changed something, by target. */
  readonly claims: Readonly<Record<string, Claim>>;
  /** When the switch last paused control; 0 for never. */
  readonly pausedMs: EpochMs;
  /** No management call is made before this instant; 0 if none was ever refused. */
  readonly backoffUntilMs: EpochMs;
  /** The highest fence under which any of these items was written. */
  readonly highestFence: number;
}

/** The law's state is checked by the law's own code. */
export const LAW_FORM: Form = {
  version: 5,
  attribute: 'record',
  shape: (now) =>
    fields({
      state: anything,
      seenLogsMs: instant(now, CEILING_MS.past),
      seenMetricsMs: instant(now, CEILING_MS.past),
      toldSlowMs: numberWithin(0, 1e6),
      decisionId: optional(text),
      lookedMs: instant(now, CEILING_MS.past),
    }),
};

const appliedForm = (value: typeof limit): Form => ({
  version: 1,
  attribute: 'applied',
  shape: (now) => fields({ value, writtenMs: instant(now, CEILING_MS.past) }),
});
const APPLIED_STAGE_FORM = appliedForm(recordWith(limit));
const APPLIED_TIER_FORM = appliedForm(limit);

const partitionOf = (api: ApiStage): string => `API#${apiStageName(api)}`;
const writerPartitionOf = (api: ApiStage): string => `WRITER#${apiStageName(api)}`;
const itemKey = (api: ApiStage, sk: string): Key => ({ pk: partitionOf(api), sk });

/** Everything that control stores for one API, and the plan limits that the plan writer reports as written. */
export async function readControlRecord(table: Table, api: ApiStage): Promise<ControlRecord> {
  const items = await queryItems(table, partitionOf(api));
  const bySortKey = new Map(items.map((item) => [textOf(item, 'sk') ?? '', item]));
  const fenced = <Value>(sk: string, form: Form) => readFenced<Value>(table, itemKey(api, sk), bySortKey.get(sk), form);
  return {
    law: fenced<LawRecord>('law', LAW_FORM),
    appliedStage: fenced('applied#stage', APPLIED_STAGE_FORM),
    appliedTiers: await readAppliedTiers(table, api),
    drift: fenced<DriftRecord>('drift', DRIFT_FORM),
    wayBack: wayBackIn(table, api, bySortKey.get(WAY_BACK)),
    claims: claimsOf(table, api, bySortKey),
    pausedMs: pausedIn(table, api, bySortKey.get('paused')),
    backoffUntilMs: backoffIn(table, api, bySortKey.get(BACKOFF)),
    highestFence: highestFence(items.filter(({ sk }) => sk !== LEASE)),
  };
}

async function readAppliedTiers(table: Table, api: ApiStage): Promise<Record<TierName, Applied<Limit>>> {
  const appliedTiers = emptyRecord<Applied<Limit>>();
  for (const item of await queryItems(table, writerPartitionOf(api))) {
    const tier = textOf(item, 'sk') ?? '';
    const applied = readValue<Applied<Limit>>(table, writerKey(api, tier), item, APPLIED_TIER_FORM);
    if (applied) appliedTiers[tier] = applied;
  }
  return appliedTiers;
}

const writerKey = (api: ApiStage, tier: TierName): Key => ({ pk: writerPartitionOf(api), sk: tier });

function pausedIn(table: Table, api: ApiStage, item: Attributes | undefined): EpochMs {
  if (item === undefined) return 0;
  const atMs = numberOf(item, 'atMs');
  if (atMs !== undefined && isPlausible(atMs, nowOf(table), CEILING_MS.past)) return atMs;
  table.report?.({ key: itemKey(api, 'paused'), why: 'atMs is no instant of the past', item, blank: { atMs: 0 } });
  return 0;
}

/**
 * Saves the law's record; without the law's state if that is too large, so that the law starts afresh at the next tick.
 * @returns false if a later holder of the lease has already written, so that this tick is superseded
 */
export async function saveLaw(table: Table, lease: Lease, record: LawRecord | undefined): Promise<boolean> {
  const lighter = record && { ...record, state: undefined };
  return await saveFenced(table, lease, { key: itemKey(lease.api, 'law'), form: LAW_FORM, value: record, lighter });
}

export async function saveAppliedStage(
  table: Table,
  lease: Lease,
  value: Readonly<Record<string, Limit>>,
  writtenMs: EpochMs,
): Promise<boolean> {
  const applied = { value, writtenMs };
  return await saveFenced(table, lease, {
    key: itemKey(lease.api, 'applied#stage'),
    form: APPLIED_STAGE_FORM,
    value: applied,
  });
}

/** @returns false when a later holder of the lease has already written. */
export async function saveDrift(table: Table, lease: Lease, drift: DriftRecord): Promise<boolean> {
  return await saveFenced(table, lease, { key: itemKey(lease.api, 'drift'), form: DRIFT_FORM, value: drift });
}

/** Records that the switch pauses control: changes made by hand in the meantime are the operator's. */
export async function savePause(table: Table, api: ApiStage, atMs: EpochMs): Promise<void> {
  await putItem(table, itemKey(api, 'paused'), { atMs });
}

/** Reports a written plan to control. Plans are written one at a time in the account's slot, so these writes are ordered. */
export async function saveAppliedTier(
  table: Table,
  api: ApiStage,
  tier: TierName,
  value: Limit,
  writtenMs: EpochMs,
): Promise<void> {
  await putItem(table, writerKey(api, tier), attributesOf({ value, writtenMs }, APPLIED_TIER_FORM));
}
