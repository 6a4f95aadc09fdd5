import { readFileSync, writeFileSync } from 'node:fs';
import { ablateOptionsOf } from './ablation/ablate-options.ts';
import { ablate } from './ablation/ablation.ts';
import { ablationPage, ablationSummary, ablationTable } from './ablation/ablation-page.ts';
import { descriptionsIn } from './ablation/descriptions.ts';
import { runJobs } from './runner/run-jobs.ts';

/**
 * What each number of the law is worth: `npm run bench:ablate [-- --only pattern --scenario names --seeds 1 --json --write]`.
 * docs/ablation.md says how to read the table.
 */
const PAGE = new URL('../docs/ablation.md', import.meta.url);
const LAW_SOURCES = ['constants.ts', 'law-policy.ts'].map(
  (name) => new URL(`../shared/law/next/${name}`, import.meta.url),
);

const options = ablateOptionsOf(process.argv.slice(2));
const ablation = await ablate(options, (jobs) => runJobs(jobs, options));
if (options.json) console.log(JSON.stringify(ablation));
else console.log(`${ablationSummary(ablation)}\n\n${ablationTable(ablation)}`);
if (options.write) {
  const descriptions = descriptionsIn(LAW_SOURCES.map((file) => readFileSync(file, 'utf8')).join('\n'));
  writeFileSync(PAGE, ablationPage(readFileSync(PAGE, 'utf8'), ablation, descriptions));
}
