import { jobsOf } from './runner/job-list.ts';
import { optionsOf } from './runner/options.ts';
import { resultsOf } from './runner/results.ts';
import { runJobs } from './runner/run-jobs.ts';
import { rowsTable, summaryTable } from './runner/table.ts';
import { BENCH_SCENARIOS, LEFT_OUT } from './scenarios/bench-scenario.ts';

/** The laws in closed loop with the world: docs/benchmark.md says how to run it and what it prints. */
async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  for (const word of LEFT_OUT) console.error(word);
  const { scenarios, laws, seeds, trace } = options;
  const runs = await runJobs(jobsOf(scenarios, laws, seeds, trace), options);
  const played = BENCH_SCENARIOS.filter(({ name }) => scenarios.includes(name)).map(({ name, title }) => ({
    name,
    title,
  }));
  const results = resultsOf(runs, seeds, played);
  console.log(rowsTable(results.rows));
  console.log(`\n${summaryTable(results.summaries)}`);
}

await main();
