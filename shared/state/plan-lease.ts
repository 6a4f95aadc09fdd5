import type { EpochMs } from '../platform/units.ts';
import { getItem, type Key, numberOf, type Table, updateItem } from './table.ts';

/** Added to the least time between two plan writes: at the very edge our clock and AWS's would have to agree. */
export const PLAN_WRITE_MARGIN_MS = 1_000;

const KEY: Key = { pk: 'PLAN-WRITES', sk: 'lease' };

export interface PlanLease {
  /** No plan may be written before this instant; 0 when none was ever written. */
  readonly nextWriteAtMs: EpochMs;
  /** Wake-ups are on their way for every slot up to this instant. */
  readonly wokenUntilMs: EpochMs;
}

export async function readPlanLease(table: Table): Promise<PlanLease> {
  const item = await getItem(table, KEY);
  return { nextWriteAtMs: numberOf(item, 'nextWriteAtMs') ?? 0, wokenUntilMs: numberOf(item, 'wokenUntilMs') ?? 0 };
}

/**
 * Takes the account's one slot.
 * @param intervalMs least time until the next write, margin included
 * @returns false when it is too early: another write has the slot.
 */
export async function takePlanSlot(table: Table, now: EpochMs, intervalMs: number): Promise<boolean> {
  const taken = await updateItem(table, KEY, {
    update: 'SET #nextWriteAtMs = :next',
    condition: 'attribute_not_exists(#nextWriteAtMs) OR #nextWriteAtMs <= :now',
    names: ['nextWriteAtMs'],
    values: { next: now + intervalMs, now },
  });
  return taken !== undefined;
}

/** Leaves the account's slot to others until then: AWS has refused a call, and somebody else may need the next. */
export async function postponePlanSlot(table: Table, untilMs: EpochMs): Promise<void> {
  await updateItem(table, KEY, {
    update: 'SET #nextWriteAtMs = :until',
    condition: 'attribute_not_exists(#nextWriteAtMs) OR #nextWriteAtMs < :until',
    names: ['nextWriteAtMs'],
    values: { until: untilMs },
  });
}

/** Records up to when wake-ups have been sent. @returns false when somebody else has just sent some. */
export async function claimWakeUps(table: Table, before: PlanLease, wokenUntilMs: EpochMs): Promise<boolean> {
  const claimed = await updateItem(table, KEY, {
    update: 'SET #wokenUntilMs = :until',
    condition: 'attribute_not_exists(#wokenUntilMs) OR #wokenUntilMs = :before',
    names: ['wokenUntilMs'],
    values: { until: wokenUntilMs, before: before.wokenUntilMs },
  });
  return claimed !== undefined;
}
