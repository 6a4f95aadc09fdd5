import { parentPort, workerData } from 'node:worker_threads';
import { type OtherNumbers, replaceNumbers } from '../laws/other-numbers.ts';
import type { Job } from './job.ts';

// Constants of the law may be computed from its numbers as its files load, so these are replaced first.
replaceNumbers((workerData as OtherNumbers | undefined) ?? {});
const { play } = await import('./play.ts');

/** A thread that plays one job after another, all with the same numbers, until it is sent null. */
parentPort?.on('message', (job: Job | null) => {
  if (job === null) parentPort?.close();
  else void play(job).then((result) => parentPort?.postMessage(result));
});
