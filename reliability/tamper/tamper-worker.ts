import { parentPort } from 'node:worker_threads';
import { packagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import { SCALE } from '../faults/scene.ts';
import { arrange } from './arrange.ts';
import type { TamperCell } from './cells/tamper-cells.ts';
import { playDamage, type TamperResult } from './play-tampered.ts';

const stage = packagedStack(SCALE).then(arrange);

/** A result and its cell. */
export interface NamedResult extends TamperResult {
  readonly name: string;
}

/** A thread with a cloud of its own, on which it plays one damage after another. */
parentPort?.on('message', async ({ name, item }: TamperCell) => {
  const result: NamedResult = { name, ...(await playDamage(await stage, item)) };
  parentPort?.postMessage(result);
});
