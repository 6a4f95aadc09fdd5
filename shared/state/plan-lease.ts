import type { EpochMs } from '../platform/units.ts';
import { CEILING_MS, ceilingValues, isDamaged, isOver, isPlausible } from './items/ceilings.ts';
import { getItem, type Key, nowOf, numberOf, type Table, updateItem } from './items/table.ts';

/** The account's one slot for plan writes: the plan writer's own. */
const SLOT: Key = { pk: 'WRITER#account', sk: 'slot' };
/** Up to when wake-ups are on their way: control's own. */
const WAKE_UPS: Key = { pk: 'WAKE-UPS', sk: 'wake-ups' };

export interface PlanLease {
  /** No plan may be written before this instant; 0 when none was ever written. */
  readonly nextWriteAtMs: EpochMs;
  /** Wake-ups are on their way for every slot up to this instant. */
  readonly wokenUntilMs: EpochMs;
}

/** @param intervalMs least time between two plan writes: the slot is never taken for longer, but to stand back */
export async function readPlanLease(table: Table, intervalMs: number): Promise<PlanLease> {
  return {
    nextWriteAtMs: await readPlanSlot(table, intervalMs),
    wokenUntilMs: await readInstant(table, WAKE_UPS, 'wokenUntilMs', CEILING_MS.wakeUps),
  };
}

/** When the next plan may be written; 0 when none was ever written. */
export async function readPlanSlot(table: Table, intervalMs: number): Promise<EpochMs> {
  return await readInstant(table, SLOT, 'nextWriteAtMs', slotCeilingMs(intervalMs));
}

const slotCeilingMs = (intervalMs: number): number => Math.max(CEILING_MS.standBack, intervalMs);

/** An instant ahead; 0 where there is none that can be. */
async function readInstant(table: Table, key: Key, name: string, aheadMs: number): Promise<EpochMs> {
  const item = await getItem(table, key);
  if (item === undefined) return 0;
  const atMs = numberOf(item, name);
  if (atMs !== undefined && isPlausible(atMs, nowOf(table), aheadMs)) return atMs;
  table.report?.({ key, why: `${name} is no instant within the ceiling`, item, blank: { [name]: 0 } });
  return 0;
}

/**
 * Takes the account's one slot.
 * @param intervalMs least time until the next write, margin included
 * @returns false when it is too early: another write has the slot.
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
 * Leaves the account's slot to others for so long: AWS has refused a call, and somebody else may need the next.
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

/** Records up to when wake-ups have been sent. @returns false when somebody else has just sent some. */
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
