import type { PackagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import { epochText } from '../../shared/state/items/table.ts';
import { behind, openScene, type Scene } from '../faults/scene.ts';
import { type Item, type Snapshot, takeSnapshot } from '../overlap/cloud-snapshot.ts';
import { outsideNames, textOf } from './cells/item.ts';
import { type Specimen, SpecimenRecorder } from './cells/specimens.ts';
import { Incident } from './incident.ts';

/** A deployed cloud in a calm, everything that can be put back, and one specimen of each item that a function writes. */
export interface Stage {
  readonly scene: Scene;
  readonly specimens: ReadonlyMap<string, Specimen>;
  readonly snapshot: Snapshot;
  readonly snapshotMs: number;
}

/** Windows that are older than this control does not read again. */
const REREAD_MS = 120_000;

/** Plays a surge with everything that makes a function write an item, then comes to rest and takes the snapshot. */
export async function arrange(stack: PackagedStack): Promise<Stage> {
  const scene = await openScene(stack);
  const recorder = new SpecimenRecorder(scene.cloud.aws, outsideNames(scene.service));
  const incident = new Incident(scene);
  scene.cloud.aws.setInterceptor(
    behind(scene.injector.intercept, behind(scene.record.intercept, behind(incident.overlap, recorder.intercept))),
  );
  await incident.play();
  scene.cloud.aws.setInterceptor(behind(scene.injector.intercept, scene.record.intercept));
  const snapshotMs = scene.cloud.clock.now();
  return { scene, specimens: recorder.specimens, snapshot: await snapshotOf(scene, snapshotMs), snapshotMs };
}

/** Removes items that are no longer read. */
async function snapshotOf(scene: Scene, now: number): Promise<Snapshot> {
  const { items, limits } = await takeSnapshot(scene);
  const isRead = ([, item]: [string, Item]) => {
    const pk = textOf(item, 'pk');
    return (
      !pk.startsWith('DECISION#') && !(pk.startsWith('WINDOW#') && textOf(item, 'sk') < epochText(now - REREAD_MS))
    );
  };
  return { limits, items: new Map([...items].filter(isRead)) };
}
