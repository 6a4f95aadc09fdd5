import type { PlanWriteRules } from '../law/allocation/plan-writes.ts';
import type { Limit } from '../limits/limit.ts';
import { type ApiStage, apiStageName, parseApiStage } from '../platform/api-stage.ts';
import type { EpochMs, TierName } from '../platform/units.ts';
import { type Decision, decisionShape } from './decisions.ts';
import { CEILING_MS, LONGEST_PLAN_INTERVAL_MS } from './items/ceilings.ts';
import { fields, instant, limit, listOf, numberWithin, optional, recordWith, shortText, text } from './items/shape.ts';
import { type Form, readFenced, saveFenced } from './items/stored.ts';
import { getItem, type Key, queryItems, type Table, textOf } from './items/table.ts';
import { highestFence, type Lease } from './lease.ts';

/** A plan and the limit it should have. */
export interface DesiredPlan {
  readonly planId: string;
  readonly limit: Limit;
  /** When this target was set; gives the age of the backlog until the plan is written. */
  readonly sinceMs: EpochMs;
}

/** The desired limits of one API; a difference from the limits in force is pending work. */
export interface Desired {
  readonly stage: Readonly<Record<string, Limit>>;
  readonly plans: Readonly<Record<TierName, DesiredPlan>>;
  /** The rules by which the most urgent plan is selected. */
  readonly rules: PlanWriteRules;
  readonly decidedMs: EpochMs;
  /** The decision behind these limits, stored before any write until the tick has recorded it, so that no decision is lost. */
  readonly decision?: DecisionUnderWay;
}

/** A decision that is being carried out; the result of the stage write is not known yet. */
export interface DecisionUnderWay {
  readonly id: string;
  readonly decision: Decision;
}

const PARTITION = 'DESIRED';
const FORM: Form = {
  version: 1,
  attribute: 'desired',
  shape: (now) =>
    fields({
      stage: recordWith(limit),
      plans: recordWith(fields({ planId: text, limit, sinceMs: instant(now, CEILING_MS.past) })),
      rules: fields({
        planOrder: optional(listOf(text)),
        sacrificeOrder: listOf(text),
        resting: recordWith(limit),
        ignoreChangeShare: numberWithin(0, 1),
        intervalMs: numberWithin(0, LONGEST_PLAN_INTERVAL_MS),
      }),
      decidedMs: instant(now, CEILING_MS.past),
      decision: optional(fields({ id: shortText, decision: decisionShape(now) })),
    }),
};

const keyOf = (name: string): Key => ({ pk: PARTITION, sk: name });

/**
 * Saves the desired limits; without their decision if both are too large together.
 * @returns false when a later holder of the lease has already written
 */
export async function saveDesired(table: Table, lease: Lease, desired: Desired): Promise<boolean> {
  const { decision, ...lighter } = desired;
  return await saveFenced(table, lease, { key: keyOf(apiStageName(lease.api)), form: FORM, value: desired, lighter });
}

/** Removes the desired limits: the limits in force stay, and no plan write remains pending. */
export async function clearDesired(table: Table, lease: Lease): Promise<boolean> {
  return await saveFenced(table, lease, { key: keyOf(apiStageName(lease.api)), form: FORM, value: undefined });
}

export async function readDesired(table: Table, api: ApiStage): Promise<Desired | undefined> {
  return (await readDesiredUnderFence(table, api)).desired;
}

/** The desired limits, and the fence under which they were written; 0 without a valid fence. */
export async function readDesiredUnderFence(
  table: Table,
  api: ApiStage,
): Promise<{ readonly desired: Desired | undefined; readonly fence: number }> {
  const key = keyOf(apiStageName(api));
  const item = await getItem(table, key);
  return { desired: readFenced(table, key, item, FORM), fence: highestFence(item ? [item] : []) };
}

/** The desired limits of every API; the backlog of plan writes is their difference from the plans in force. */
export async function readAllDesired(table: Table): Promise<{ api: ApiStage; desired: Desired }[]> {
  return (await queryItems(table, PARTITION)).flatMap((item) => {
    const name = textOf(item, 'sk') ?? '';
    const api = parseApiStage(name);
    const desired = readFenced<Desired>(table, keyOf(name), item, FORM);
    return api && desired ? [{ api, desired }] : [];
  });
}
