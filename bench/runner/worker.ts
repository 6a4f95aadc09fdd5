import { parentPort } from 'node:worker_threads';
import type { Job } from './job.ts';
import { play } from './play.ts';

/** A thread that plays one job after another. */
parentPort?.on('message', (job: Job) => {
  void play(job).then((result) => parentPort?.postMessage(result));
});
