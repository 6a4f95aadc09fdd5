import type { PlanWriteRules } from '../allocation/plan-writes.ts';
import { type ApiStage, apiStageName, parseApiStage } from '../platform/api-stage.ts';
import type { EpochMs, Limit, TierName } from '../platform/units.ts';
import { notSuperseded } from './control-record.ts';
import type { Decision } from './decisions.ts';
import type { Lease } from './lease.ts';
import { type Attributes, getItem, jsonOf, putItem, queryItems, type Table, textOf } from './table.ts';

/** A plan and the limit it should have. */
export interface DesiredPlan {
  readonly planId: string;
  readonly limit: Limit;
  /** Since when this is its limit: the age of the backlog, while the plan is not yet written. */
  readonly sinceMs: EpochMs;
}

/** What the limits of one API should be; where they differ from what is in force, there is work to do. */
export interface Desired {
  readonly stage: Readonly<Record<string, Limit>>;
  readonly plans: Readonly<Record<TierName, DesiredPlan>>;
  /** By which the most urgent plan is found. */
  readonly rules: PlanWriteRules;
  readonly decidedMs: EpochMs;
  /** Why: kept here from before anything is written until the tick has recorded it, so that none is ever lost. */
  readonly decision?: DecisionUnderWay;
}

/** A decision that is being made so; what becomes of the stage is not known yet. */
export interface DecisionUnderWay {
  readonly id: string;
  readonly decision: Decision;
}

const PARTITION = 'DESIRED';
/** Control says anew what it desires in every tick, so at least once a minute. */
const STALE_MS = 150_000;

/** Whether control has not stood behind this for more than two ticks: it fell silent, and the fail-safe may be at work. */
export function isStale({ decidedMs }: Desired, now: EpochMs): boolean {
  return now - decidedMs > STALE_MS;
}

/** @returns false when a later holder of the lease has already written. */
export async function saveDesired(table: Table, lease: Lease, desired: Desired): Promise<boolean> {
  const key = { pk: PARTITION, sk: apiStageName(lease.api) };
  const attributes = { desired: JSON.stringify(desired), fence: lease.fence };
  return await putItem(table, key, attributes, notSuperseded(lease));
}

/** Nothing is desired any more: what is in force stays, and no plan write is left to do. */
export async function clearDesired(table: Table, lease: Lease): Promise<boolean> {
  return await putItem(
    table,
    { pk: PARTITION, sk: apiStageName(lease.api) },
    { fence: lease.fence },
    notSuperseded(lease),
  );
}

export async function readDesired(table: Table, api: ApiStage): Promise<Desired | undefined> {
  return jsonOf(await getItem(table, { pk: PARTITION, sk: apiStageName(api) }), 'desired');
}

/** What is desired of every API: the backlog of plan writes is where this differs from the plans in force. */
export async function readAllDesired(table: Table): Promise<{ api: ApiStage; desired: Desired }[]> {
  return (await queryItems(table, PARTITION)).flatMap((item) => entryOf(item) ?? []);
}

function entryOf(item: Attributes): { api: ApiStage; desired: Desired } | undefined {
  const api = parseApiStage(textOf(item, 'sk') ?? '');
  const desired = jsonOf<Desired>(item, 'desired');
  return api && desired && { api, desired };
}
