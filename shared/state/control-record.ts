import { type ApiStage, apiStageName } from '../platform/api-stage.ts';
import type { EpochMs, Limit, TierName } from '../platform/units.ts';
import { type Claim, claimsOf, type DriftRecord } from './drift.ts';
import type { Lease } from './lease.ts';
import { type Attributes, jsonOf, type Key, numberOf, putItem, queryItems, type Table, textOf } from './table.ts';

/** Law states of another version are not understood, and the law starts afresh from the limits in force. */
const LAW_STATE_VERSION = 4;

/** What the last tick left for the next one. */
export interface LawRecord {
  readonly state: unknown;
  /** Start of the newest window seen of the access log, and of CloudWatch. */
  readonly seenLogsMs: EpochMs;
  readonly seenMetricsMs: EpochMs;
  /** The objective's latency bound as telemetry was last told, in milliseconds. */
  readonly toldSlowMs: number;
  /** The decision that it is of, which is recorded. */
  readonly decisionId?: string;
  /** When that tick looked. */
  readonly lookedMs: EpochMs;
}

/** What we last wrote, and when: what the limits are unless somebody else changed them. */
export interface Applied<Value> {
  readonly value: Value;
  readonly writtenMs: EpochMs;
}

export interface ControlRecord {
  readonly law: LawRecord | undefined;
  readonly appliedStage: Applied<Readonly<Record<string, Limit>>> | undefined;
  readonly appliedTiers: Readonly<Record<TierName, Applied<Limit>>>;
  /** What others did to the limits; undefined before the first look. */
  readonly drift: DriftRecord | undefined;
  /** Who says to have changed something, by target. */
  readonly claims: Readonly<Record<string, Claim>>;
  /** When the switch last held everything; 0 for never. */
  readonly pausedMs: EpochMs;
}

const TIER_PREFIX = 'applied#tier#';
const partitionOf = (api: ApiStage): string => `API#${apiStageName(api)}`;
const itemKey = (api: ApiStage, sk: string): Key => ({ pk: partitionOf(api), sk });

/** Everything that control remembers of one API, in one read. */
export async function readControlRecord(table: Table, api: ApiStage): Promise<ControlRecord> {
  const items = await queryItems(table, partitionOf(api));
  const bySortKey = new Map(items.map((item) => [textOf(item, 'sk') ?? '', item]));
  const appliedTiers: Record<TierName, Applied<Limit>> = {};
  for (const [sk, item] of bySortKey) {
    const applied = sk.startsWith(TIER_PREFIX) ? appliedOf<Limit>(item) : undefined;
    if (applied) appliedTiers[sk.slice(TIER_PREFIX.length)] = applied;
  }
  const law = bySortKey.get('law');
  return {
    law: numberOf(law, 'version') === LAW_STATE_VERSION ? jsonOf<LawRecord>(law, 'record') : undefined,
    appliedStage: appliedOf(bySortKey.get('applied#stage')),
    appliedTiers,
    drift: jsonOf<DriftRecord>(bySortKey.get('drift'), 'drift'),
    claims: claimsOf(bySortKey),
    pausedMs: numberOf(bySortKey.get('paused'), 'atMs') ?? 0,
  };
}

/** @returns false when a later holder of the lease has already written: this tick has been superseded. */
export async function saveLaw(table: Table, lease: Lease, record: LawRecord): Promise<boolean> {
  const attributes = { version: LAW_STATE_VERSION, record: JSON.stringify(record), fence: lease.fence };
  return await putItem(table, itemKey(lease.api, 'law'), attributes, notSuperseded(lease));
}

export async function saveAppliedStage(
  table: Table,
  lease: Lease,
  value: Readonly<Record<string, Limit>>,
  writtenMs: EpochMs,
): Promise<boolean> {
  const attributes = { value: JSON.stringify(value), writtenMs, fence: lease.fence };
  return await putItem(table, itemKey(lease.api, 'applied#stage'), attributes, notSuperseded(lease));
}

/** @returns false when a later holder of the lease has already written. */
export async function saveDrift(table: Table, lease: Lease, drift: DriftRecord): Promise<boolean> {
  const attributes = { drift: JSON.stringify(drift), fence: lease.fence };
  return await putItem(table, itemKey(lease.api, 'drift'), attributes, notSuperseded(lease));
}

/** Notes that the switch holds everything: what is changed by hand meanwhile is the operator's own doing. */
export async function savePause(table: Table, api: ApiStage, atMs: EpochMs): Promise<void> {
  await putItem(table, itemKey(api, 'paused'), { atMs });
}

/** Plans are written one at a time under the account's own lease, which orders these writes. */
export async function saveAppliedTier(
  table: Table,
  api: ApiStage,
  tier: TierName,
  value: Limit,
  writtenMs: EpochMs,
): Promise<void> {
  await putItem(table, itemKey(api, `${TIER_PREFIX}${tier}`), { value: JSON.stringify(value), writtenMs });
}

/** The condition under which a holder's write is not older than what is there. */
export function notSuperseded(lease: Lease) {
  return {
    condition: 'attribute_not_exists(#fence) OR #fence <= :fence',
    names: ['fence'],
    values: { fence: lease.fence },
  };
}

function appliedOf<Value>(item: Attributes | undefined): Applied<Value> | undefined {
  const value = jsonOf<Value>(item, 'value');
  const writtenMs = numberOf(item, 'writtenMs');
  return value === undefined || writtenMs === undefined ? undefined : { value, writtenMs };
}
