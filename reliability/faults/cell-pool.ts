import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { NOWHERE, sealedEnvironment } from '../../rehearsal/deploy/sealed-environment.ts';

/** Does all jobs on so many threads; `onDone` hears of each as it ends, the answer is in the order of the jobs. */
export async function doAll<Job, Result>(
  workerFile: URL,
  jobs: readonly Job[],
  threads: number,
  onDone: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const runner = async () => {
    const worker = new Worker(workerFile, { env: sealedEnvironment(process.env, NOWHERE) });
    for (let index = next++; index < jobs.length; index = next++) {
      worker.postMessage(jobs[index]);
      const [result] = (await once(worker, 'message')) as [Result];
      results[index] = result;
      onDone(result);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, runner));
  return results;
}
