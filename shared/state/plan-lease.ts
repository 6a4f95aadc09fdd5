import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS, ceilingValues, isDamaged, isOver, isPlausible } from './items/ceilings.ts';
import { getItem, type Key, nowOf, numberOf, type Table, updateItem } from './items/table.ts';

/** The account's slot for plan writes; only the plan writer writes it. */
const SLOT: Key = { pk: 'WRITER#account', sk: 'slot' };
/** Until when wake-ups are pending; only control writes it. */
const WAKE_UPS: Key = { pk: 'WAKE-UPS', sk: 'wake-ups' };

export interface PlanLease {
  /** No plan may be written before this instant; 0 if none was ever written. */
  readonly nextWriteAtMs: EpochMs;
  /** Wake-ups are pending for every slot until this instant. */
  readonly wokenUntilMs: EpochMs;
}

/** @param intervalMs minimum time between two plan writes; only a backoff occupies the slot for longer */
export async function readPlanLease(table: Table, intervalMs: number): Promise<PlanLease> {
  return {
    nextWriteAtMs: await readPlanSlot(table, intervalMs),
    wokenUntilMs: await readInstant(table, WAKE_UPS, 'wokenUntilMs', CEILING_MS.wakeUps),
  };
}

/** When the next plan may be written; 0 if none was ever written. */
export async function readPlanSlot(table: Table, intervalMs: number): Promise<EpochMs> {
  return await readInstant(table, SLOT, 'nextWriteAtMs', slotCeilingMs(intervalMs));
}

const slotCeilingMs = (intervalMs: number): number => Math.max(CEILING_MS.standBack, intervalMs);

/** A valid instant; 0 if there is none. */
async function readInstant(table: Table, key: Key, name: string, aheadMs: number): Promise<EpochMs> {
  const item = await getItem(table, key);
  if (item === undefined) return 0;
  const atMs = numberOf(item, name);
  if (atMs !== undefined && isPlausible(atMs, nowOf(table), aheadMs)) return atMs;
  table.report?.({ key, why: `${name} is not an instant within the ceiling`, item, blank: { [name]: 0 } });
  return 0;
}

/**
 * Takes the account's slot for plan writes.
 * @param intervalMs least time until the next write, margin included
 * @returns false if another write has the slot, so that it is too early
 */
export async function takePlanSlot(table: Table, now: EpochMs, intervalMs: number): Promise<boolean> {
  const taken = await updateItem(table, SLOT, {
    update: 'SET #nextWriteAtMs = :next',
    condition: isOver('nextWriteAtMs'),
    names: ['nextWriteAtMs'],
    values: { now, next: now + intervalMs, ...ceilingValues(now, slotCeilingMs(intervalMs)) },
  });
  return taken !== undefined;
}

/**
 * Leaves the account's slot unused for a while: AWS has refused a call, and another caller may need the next one.
 * @param intervalMs as for `readPlanSlot`
 */
export async function postponePlanSlot(
  table: Table,
  now: EpochMs,
  { waitMs, intervalMs }: { readonly waitMs: number; readonly intervalMs: number },
): Promise<void> {
  await updateItem(table, SLOT, {
    update: 'SET #nextWriteAtMs = :untilMs',
    condition: isOver('nextWriteAtMs', ':untilMs'),
    names: ['nextWriteAtMs'],
    values: { untilMs: now + waitMs, ...ceilingValues(now, slotCeilingMs(intervalMs)) },
  });
}

/** Records until when wake-ups have been sent. @returns false if another caller has just sent some. */
export async function claimWakeUps(
  table: Table,
  { wokenUntilMs: before }: PlanLease,
  wokenUntilMs: EpochMs,
  now: EpochMs,
): Promise<boolean> {
  const claimed = await updateItem(table, WAKE_UPS, {
    update: 'SET #wokenUntilMs = :until',
    condition: `attribute_not_exists(#wokenUntilMs) OR #wokenUntilMs = :before OR ${isDamaged('wokenUntilMs')}`,
    names: ['wokenUntilMs'],
    values: { until: wokenUntilMs, before, ...ceilingValues(now, CEILING_MS.wakeUps) },
  });
  return claimed !== undefined;
}
