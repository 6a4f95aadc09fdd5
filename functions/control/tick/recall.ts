import { readControlRecord } from '../../../shared/state/control-record.ts';
import { readDesiredUnderFence } from '../../../shared/state/desired.ts';
import { setAside } from '../../../shared/state/items/set-aside.ts';
import type { Damage } from '../../../shared/state/items/table.ts';
import { type Lease, raiseFence } from '../../../shared/state/lease.ts';
import { saveWayBack } from '../../../shared/state/way-back.ts';
import { AFRESH } from '../../../shared/steering/override/ways-back.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { noteSetAside } from '../operator/notices.ts';
import { Superseded } from '../superseded.ts';
import type { Look, Memory } from './look.ts';

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
  taken: Lease,
  { governed, trigger }: Pick<Look, 'governed' | 'trigger'>,
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
    await noteSetAside(dependencies, damage, { trigger, governed });
  }
  const isStateLost = record.law !== undefined && record.law.state === undefined && !governed.isLeaving;
  const isAfresh = isStateLost || damages.some(({ key: { pk, sk } }) => pk === 'DESIRED' || sk === 'law');
  if (!isAfresh || record.wayBack) return { record, desired, lease };
  await saveWayBack(dependencies.table, lease, AFRESH);
  return { record: { ...record, wayBack: AFRESH }, desired, lease };
}

/** An item with a higher fence than the lease would refuse every write of its holder. */
async function aboveAll({ table, logger }: ControlDependencies, lease: Lease, highest: number): Promise<Lease> {
  if (highest <= lease.fence) return lease;
  const raised = await raiseFence(table, lease, highest);
  if (!raised) throw new Superseded();
  logger.warn('An item was written under a higher fence than the lease ever had; the lease is raised above it.', {
    fence: lease.fence,
    highest,
  });
  return raised;
}
