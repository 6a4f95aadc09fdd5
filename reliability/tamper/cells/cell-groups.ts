import { type Item, keyOf } from '../../overlap/cloud-snapshot.ts';
import type { Stage } from '../arrange.ts';
import { outsideNames } from './item.ts';
import { readingOf } from './readings.ts';
import { cellsOf, type TamperCell } from './tamper-cells.ts';

/** Cells that our readers cannot distinguish; one of them is played for all. */
export interface TamperGroup {
  readonly played: TamperCell;
  /** The names of the other cells. */
  readonly shared: readonly string[];
}

/**
 * Every cell of a stage, grouped by what all readers together make of the damaged table. An attribute that a condition
 * or an update of ours reads stands for itself, for there DynamoDB is the reader.
 */
export async function groupsOf({ scene, specimens, snapshot, snapshotMs }: Stage): Promise<TamperGroup[]> {
  const cells = cellsOf(specimens, snapshot, outsideNames(scene.service));
  const groups = new Map<string, { played: TamperCell; shared: string[] }>();
  for (const cell of cells) {
    const reading = await readingOf(withDamage(snapshot.items, cell), scene.service, snapshotMs);
    const alike = `${cell.kind}\n${cell.isCompared ? cell.name : ''}\n${reading}`;
    const group = groups.get(alike);
    if (group) group.shared.push(cell.name);
    else groups.set(alike, { played: cell, shared: [] });
  }
  return [...groups.values()];
}

/** The windows of the log are many, and read by themselves: they are left out where none of them is damaged. */
function withDamage(items: ReadonlyMap<string, Item>, { kind, item }: TamperCell): Item[] {
  const isLeftOut = ({ pk }: Item) => !kind.startsWith('WINDOW#') && pk?.S?.startsWith('WINDOW#') === true;
  return [...new Map(items).set(keyOf(item), item).values()].filter((each) => !isLeftOut(each));
}
