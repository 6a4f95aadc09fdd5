import { rowsOf, summariesOf } from '../../../bench/runner/summary.ts';
import { runResult } from '../../support/bench/run-result.ts';

test('reach compares each run with perfect knowledge in the same scenario and seed, then takes the mean', () => {
  const [, row] = rowsOf([
    runResult({ law: 'perfect', seed: 1, stressRatio: 0.5 }),
    runResult({ law: 'perfect', seed: 2, stressRatio: 1 }),
    runResult({ law: 'tidegate', seed: 1, stressRatio: 0.5 }),
    runResult({ law: 'tidegate', seed: 2, stressRatio: 0.5 }),
  ]);
  expect(row?.reach).toBeCloseTo(0.75);
  expect(row?.stressRatio).toBeCloseTo(0.5);
});

test('without perfect knowledge there is no reach', () => {
  const rows = rowsOf([runResult({ law: 'tidegate' })]);
  expect(rows[0]?.reach).toBeNull();
  expect(summariesOf(rows)[0]).toMatchObject({ meanReach: null, worstReachIn: null, premiumGap: null });
});

test('the worst scenario is named', () => {
  const rows = rowsOf(
    ['ramp', 'collapse'].flatMap((scenario, index) => [
      runResult({ law: 'perfect', scenario, stressRatio: 1 }),
      runResult({ law: 'tidegate', scenario, stressRatio: 0.9 - index / 10, violationSeconds: 10 * index }),
    ]),
  );
  expect(summariesOf(rows).find(({ law }) => law === 'tidegate')).toMatchObject({
    worstReachIn: 'collapse',
    worstViolationSeconds: 10,
    meanViolationSeconds: 5,
  });
});
