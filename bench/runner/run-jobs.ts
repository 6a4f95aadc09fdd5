import { ResultCache } from './cache.ts';
import type { Job, RunResult } from './job.ts';
import { playAll } from './pool.ts';

export interface RunOptions {
  readonly threads: number;
  /** Ignore cached results. */
  readonly fresh: boolean;
}

/** All results in the order of the jobs, progress on stderr. What an earlier run has answered is not played again. */
export async function runJobs(jobs: readonly Job[], { threads, fresh }: RunOptions): Promise<RunResult[]> {
  const cache = new ResultCache();
  const known = jobs.map((job) => (fresh ? undefined : cache.get(job)));
  const open = jobs.filter((_, index) => known[index] === undefined);
  let done = jobs.length - open.length;
  const startMs = performance.now();
  const played = await playAll(open, threads, (job, result) => {
    cache.put(job, result);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
    process.stderr.write(
      `\r${++done} of ${jobs.length}, ${seconds} s  ${job.scenario} ${job.law} ${job.seed}`.padEnd(78),
    );
  });
  process.stderr.write('\n');
  let next = 0;
  return known.flatMap((result) => result ?? played[next++] ?? []);
}
