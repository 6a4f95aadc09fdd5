import { parentPort } from 'node:worker_threads';
import { packagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import type { Cell } from './cells.ts';
import { DEPENDENCIES } from './fault-dependencies.ts';
import { playCell } from './play-cell.ts';
import { SCALE } from './scene.ts';

const stack = packagedStack(SCALE);

/** A thread that plays one cell after another. */
parentPort?.on('message', async (cell: Cell) => {
  const provocation = DEPENDENCIES.find(({ name }) => name === cell.dependency)?.provocation;
  parentPort?.postMessage(await playCell(await stack, cell, provocation));
});
