import { type ControlRecord, readControlRecord } from '../../../shared/state/control-record.ts';
import { type Desired, readDesiredUnderFence } from '../../../shared/state/desired.ts';
import { AFRESH, saveHold } from '../../../shared/state/hold-record.ts';
import { setAside } from '../../../shared/state/items/set-aside.ts';
import type { Damage } from '../../../shared/state/items/table.ts';
import { type Lease, raiseFence } from '../../../shared/state/lease.ts';
import type { Trigger } from '../control-trigger.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { noteSetAside } from '../operator/notices.ts';
import type { Governed } from '../steering/governed-api.ts';
import { Superseded } from '../superseded.ts';

/** What control remembers of an API, fit for use. */
export interface Memory {
  readonly record: ControlRecord;
  readonly desired: Desired | undefined;
  /** The lease to write under. */
  readonly lease: Lease;
}

/** Partitions that are not control's to mend: their writers do so. */
const FOREIGN = /^(WRITER|WINDOW|DIRECTORY)#/;

/**
 * Reads what control remembers of an API, under its lease. What cannot be used is set aside before anything else is
 * done: it is kept for an operator, recorded as a decision, and replaced by nothing, so that no item can keep this tick
 * or a later one from its work. Without its law's state or what it wanted, control starts from the limits in force, and
 * leads the stage from there in steps.
 * @throws Superseded when the lease has passed on meanwhile
 */
export async function recall(
  dependencies: ControlDependencies,
  governed: Governed,
  taken: Lease,
  trigger: Trigger,
): Promise<Memory> {
  const damages: Damage[] = [];
  const table = { ...dependencies.table, report: (damage: Damage) => void damages.push(damage) };
  const record = await readControlRecord(table, governed.api);
  const { desired, fence } = await readDesiredUnderFence(table, governed.api);
  const lease = await aboveAll(dependencies, taken, Math.max(record.highestFence, fence));
  for (const damage of damages) {
    dependencies.table.report?.(damage);
    if (FOREIGN.test(damage.key.pk)) continue;
    await setAside(dependencies.table, lease, damage, dependencies.clock.now());
    await noteSetAside(dependencies, damage, trigger, governed);
  }
  const isAfresh = damages.some(({ key: { pk, sk } }) => pk === 'DESIRED' || sk === 'law');
  if (!isAfresh || record.hold) return { record, desired, lease };
  await saveHold(dependencies.table, lease, AFRESH);
  return { record: { ...record, hold: AFRESH }, desired, lease };
}

/** An item with a higher fence than the lease would refuse every write of its holder. */
async function aboveAll({ table, logger }: ControlDependencies, lease: Lease, highest: number): Promise<Lease> {
  if (highest <= lease.fence) return lease;
  const raised = await raiseFence(table, lease, highest);
  if (!raised) throw new Superseded('The lease has passed on.');
  logger.warn('An item was written under a higher fence than the lease ever had; the lease is raised above it.', {
    fence: lease.fence,
    highest,
  });
  return raised;
}
