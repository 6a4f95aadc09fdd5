import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
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
    let { worker, numbers } = threadFor(jobs[next]);
    for (let job = jobs[next]; job !== undefined; job = jobs[next]) {
      const index = next++;
      if (!isDeepStrictEqual(job.numbers, numbers)) {
        await end(worker);
        ({ worker, numbers } = threadFor(job));
      }
      worker.postMessage(job);
      const [result] = (await once(worker, 'message')) as [RunResult];
      results[index] = result;
      onDone(job, result);
    }
    await end(worker);
  };
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, runner));
  return results;
}

/** A thread has one set of numbers for good, so nothing that it has computed or learned from others can linger. */
function threadFor(job: Job | undefined): { worker: Worker; numbers: Job['numbers'] } {
  const numbers = job?.numbers;
  const worker = new Worker(WORKER, { env: sealedEnvironment(process.env, NOWHERE), workerData: numbers });
  return { worker, numbers };
}

/** Lets a thread end of its own accord: `terminate` would lose what it has printed. */
async function end(worker: Worker): Promise<void> {
  worker.postMessage(null);
  await once(worker, 'exit');
}
