import { existsSync, readFileSync } from 'node:fs';
import { readTuning } from '../../../bench/laws/rivals/tuning.ts';
import { benchmarkPage, readmePage } from '../../../bench/runner/page/benchmark-document.ts';
import { RESULTS_FILE, readResults } from '../../../bench/runner/results.ts';
import { REPORTING_SEEDS } from '../../../bench/scenarios/index.ts';

const page = readFileSync('docs/benchmark.md', 'utf8');
const readme = readFileSync('README.md', 'utf8');

if (existsSync(RESULTS_FILE)) {
  test('docs/benchmark.md and README.md show the figures of the committed results', () => {
    expect(benchmarkPage(page, readResults(), readTuning())).toBe(page);
    expect(readmePage(readme, readResults())).toBe(readme);
  });

  test('the committed results are those of the seeds for reporting, with every scenario and law', () => {
    const { seeds, scenarios, rows, summaries } = readResults();
    expect(seeds).toEqual(REPORTING_SEEDS);
    expect(scenarios.length).toBeGreaterThanOrEqual(22);
    expect(rows).toHaveLength(scenarios.length * summaries.length);
  });
} else {
  test('without results no figures are shown', () => {
    expect(page).toMatch(/<!-- targets -->\s*<!-- \/targets -->/);
    expect(readme).toMatch(/<!-- benchmark -->\s*<!-- \/benchmark -->/);
  });
}
