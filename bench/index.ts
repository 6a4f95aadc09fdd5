import { ResultCache } from './runner/cache.ts';
import type { Job, RunResult } from './runner/job.ts';
import { type Options, optionsOf } from './runner/options.ts';
import { play } from './runner/play.ts';
import { playAll } from './runner/pool.ts';
import { rowsOf, summariesOf } from './runner/summary.ts';
import { rowsTable, summaryTable } from './runner/table.ts';
import { LEFT_OUT } from './scenarios/bench-scenario.ts';

/** The laws in closed loop with the world: `npm run bench -- --help` names nothing; docs/benchmark.md explains. */
function jobsOf({ scenarios, laws, seeds, trace }: Options): Job[] {
  return scenarios.flatMap((scenario) =>
    laws.flatMap((law) => seeds.map((seed) => ({ law, scenario, seed, trace, keepSeconds: false }))),
  );
}

/** Jobs that an earlier run has answered are not played again. */
async function resultsOf(jobs: readonly Job[], { threads, fresh }: Options): Promise<RunResult[]> {
  const cache = new ResultCache();
  const known = jobs.map((job) => (fresh ? undefined : cache.get(job)));
  const open = jobs.filter((_, index) => known[index] === undefined);
  let done = jobs.length - open.length;
  const startMs = performance.now();
  // What a thread prints is lost when it ends; what is to be read is played here.
  if (jobs.some(({ trace }) => trace)) {
    const results: RunResult[] = [];
    for (const job of jobs) results.push(await play(job));
    return results;
  }
  const played = await playAll(open, threads, (result) => {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
    process.stderr.write(
      `\r${++done} of ${jobs.length}, ${seconds} s  ${result.scenario} ${result.law} ${result.seed}`.padEnd(78),
    );
  });
  process.stderr.write('\n');
  open.forEach((job, index) => {
    const result = played[index];
    if (result) cache.put(job, result);
  });
  let next = 0;
  return known.flatMap((result) => result ?? played[next++] ?? []);
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  for (const word of LEFT_OUT) console.error(word);
  const rows = rowsOf(await resultsOf(jobsOf(options), options));
  console.log(rowsTable(rows));
  console.log(`\n${summaryTable(summariesOf(rows))}`);
}

await main();
