import { beatenIn, readmePage, tuningTable, withGenerated } from '../../../bench/runner/page/benchmark-document.ts';
import type { Results } from '../../../bench/runner/results.ts';
import { rowsOf, summariesOf } from '../../../bench/runner/summary.ts';
import { runResult } from '../../support/bench/run-result.ts';

const RUNS = [
  runResult({ law: 'perfect', scenario: 'ramp', stressRatio: 0.8, premiumWithinGuarantee: 1 }),
  runResult({ law: 'tidegate', scenario: 'ramp', stressRatio: 0.6, premiumWithinGuarantee: 0.9, violationSeconds: 7 }),
  runResult({ law: 'tidegate-minutes', scenario: 'ramp', stressRatio: 0.4 }),
  runResult({ law: 'aimd', scenario: 'ramp', stressRatio: 0.7, violationSeconds: 90 }),
];
const rows = rowsOf(RUNS);
const RESULTS: Results = {
  seeds: [11],
  scenarios: [{ name: 'ramp', title: 'Demand grows.' }],
  rows,
  summaries: summariesOf(rows),
};

test('what stands between the markers is replaced, the rest stays', () => {
  expect(withGenerated('a <!-- x -->old<!-- /x --> b', 'x', 'new')).toBe('a <!-- x -->\n\nnew\n\n<!-- /x --> b');
  expect(() => withGenerated('no markers', 'x', 'new')).toThrow('Expected <!-- x --> and, after it, <!-- /x -->.');
});

test('README shows reach against perfect knowledge, with log windows and with minute metrics alone', () => {
  const page = readmePage('<!-- benchmark --><!-- /benchmark -->', RESULTS);
  expect(page).toContain('| reach, mean over scenarios | 0.750 | ≥ 0.98 | – | 0.500 | ≥ 0.89 | – |');
  expect(page).toContain('| premium within its guarantee, below the bound by | 0.100 | ≤ 0.01 |');
});

test('a scenario in which a rival serves more is named with the price', () => {
  expect(beatenIn(RESULTS)).toBe('- ramp: aimd 0.700 with 90 s violated, ours 0.600 with 7 s.');
  expect(beatenIn({ ...RESULTS, rows: rows.filter(({ law }) => law !== 'aimd') })).toBe('None.');
});

test('a rival plays its best setting, and the page shows which', () => {
  const text = tuningTable({
    seeds: [1],
    means: { 'aimd:published:stage': 0.3, 'aimd:rounds:shares': 0.55, 'aimd:gentle:stage': 0.4 },
  });
  expect(text).toContain('| aimd | rounds, shares 0.550 | gentle, stage 0.400; published, stage 0.300 |');
});
