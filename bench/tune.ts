import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CANDIDATES } from './laws/rivals/index.ts';
import { TUNING_FILE } from './laws/rivals/tuning.ts';
import { jobsOf } from './runner/job-list.ts';
import { tuneOptionsOf } from './runner/options.ts';
import { runJobs } from './runner/run-jobs.ts';
import { BENCH_SCENARIOS } from './scenarios/index.ts';
import { TUNING_SIZE } from './scenarios/size.ts';

/**
 * Plays every setting of every rival on the tuning seeds and keeps how each did: `npm run bench:tune [-- --jobs N
 * --quick]`. The benchmark then plays each rival in its best.
 */
const { threads, fresh, seeds } = tuneOptionsOf(process.argv.slice(2));
const names = CANDIDATES.map(({ name }) => name);
const scenarios = BENCH_SCENARIOS.map(({ name }) => name);
const results = await runJobs(jobsOf({ scenarios, laws: names, seeds, sizes: [TUNING_SIZE] }), { threads, fresh });
const means = names.map((law) => {
  const own = results.filter((result) => result.law === law);
  return [law, Math.round((own.reduce((sum, run) => sum + run.stressRatio, 0) / own.length) * 1e4) / 1e4] as const;
});
mkdirSync(dirname(TUNING_FILE), { recursive: true });
writeFileSync(TUNING_FILE, `${JSON.stringify({ seeds, means: Object.fromEntries(means) }, null, 2)}\n`);
for (const [law, mean] of means) console.log(law.padEnd(36), mean.toFixed(4));
