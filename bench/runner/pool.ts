import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { NOWHERE, sealedEnvironment } from '../../rehearsal/deploy/sealed-environment.ts';
import type { Job, RunResult } from './job.ts';

const WORKER = new URL('./worker.ts', import.meta.url);

/** Plays all jobs on so many threads; `onDone` hears of each as it ends, the answer is in the order of the jobs. */
export async function playAll(
  jobs: readonly Job[],
  threads: number,
  onDone: (job: Job, result: RunResult) => void,
): Promise<RunResult[]> {
  const results: RunResult[] = [];
  let next = 0;
  const runner = async () => {
    const worker = new Worker(WORKER, { env: sealedEnvironment(process.env, NOWHERE) });
    for (let job = jobs[next]; job !== undefined; job = jobs[next]) {
      const index = next++;
      worker.postMessage(job);
      const [result] = (await once(worker, 'message')) as [RunResult];
      results[index] = result;
      onDone(job, result);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, runner));
  return results;
}
