import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Job, RunResult } from './job.ts';

const WORKER = new URL('./worker.ts', import.meta.url);

/** Plays all jobs on so many threads; `onDone` hears of each as it ends, the answer is in the order of the jobs. */
export async function playAll(
  jobs: readonly Job[],
  threads: number,
  onDone: (result: RunResult) => void,
): Promise<RunResult[]> {
  const results: RunResult[] = [];
  let next = 0;
  const runner = async () => {
    const worker = new Worker(WORKER);
    for (let index = next++; index < jobs.length; index = next++) {
      worker.postMessage(jobs[index]);
      const [result] = (await once(worker, 'message')) as [RunResult];
      results[index] = result;
      onDone(result);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, runner));
  return results;
}
