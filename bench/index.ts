import { readFileSync, writeFileSync } from 'node:fs';
import { readTuning } from './laws/rivals/tuning.ts';
import { jobsOf } from './runner/job-list.ts';
import { type Options, optionsOf } from './runner/options.ts';
import { benchmarkPage, readmePage } from './runner/page/benchmark-document.ts';
import { drawAll } from './runner/page/draw.ts';
import { rowsTable, summaryTable } from './runner/page/results-table.ts';
import { type Results, resultsOf, writeResults } from './runner/results.ts';
import { runJobs } from './runner/run-jobs.ts';
import { soundnessReport, unsoundIn } from './runner/soundness.ts';
import { BENCH_SCENARIOS, LEFT_OUT } from './scenarios/index.ts';

/** Runs the laws in closed loop with the world; docs/benchmark.md explains usage and output. */
async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  for (const word of LEFT_OUT) console.error(word);
  const { scenarios, seeds } = options;
  const runs = await runJobs(jobsOf(options), options);
  const played = BENCH_SCENARIOS.filter(({ name }) => scenarios.includes(name));
  const named = played.map(({ name, title, isUnavoidable = false }) => ({
    name,
    title,
    ...(isUnavoidable && { isUnavoidable }),
  }));
  const results = resultsOf(runs, seeds, named);
  if (options.json) console.log(JSON.stringify(results));
  else console.log(`${rowsTable(results.rows)}\n\n${summaryTable(results.summaries)}`);
  if (options.write) await keep(results, options);
  if (!options.check) return;
  const unsound = unsoundIn(runs);
  console.error(soundnessReport(unsound));
  if (unsound.length > 0) process.exitCode = 1;
}

async function keep(results: Results, { scenarios, seeds }: Options): Promise<void> {
  writeResults(results);
  rewrite('docs/benchmark.md', (page) => benchmarkPage(page, results, readTuning()));
  rewrite('README.md', (page) => readmePage(page, results));
  await drawAll(scenarios, seeds[0] ?? 1);
}

function rewrite(name: string, change: (page: string) => string): void {
  const file = new URL(`../${name}`, import.meta.url);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

await main();
