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

test('each size has rows of its own, and is held against the bounds of that size', () => {
  const rows = rowsOf([
    runResult({ law: 'perfect', size: 1, stressRatio: 1 }),
    runResult({ law: 'perfect', size: 0.02, stressRatio: 0.5 }),
    runResult({ size: 1, stressRatio: 0.5 }),
    runResult({ size: 0.02, stressRatio: 0.5 }),
  ]);
  expect(rows.map(({ law, size, reach }) => [law, size, reach])).toEqual([
    ['perfect', 1, 1],
    ['perfect', 0.02, 1],
    ['tidegate', 1, 0.5],
    ['tidegate', 0.02, 1],
  ]);
  expect(summariesOf(rows).map(({ law, size }) => [law, size])).toEqual(rows.map(({ law, size }) => [law, size]));
});

test('violations count beyond the lesser of perfect knowledge and static limits in the same run', () => {
  const at = (law: string, seed: number, violationSeconds: number) => runResult({ law, seed, violationSeconds });
  const runs = [
    at('perfect', 1, 10),
    at('static', 1, 4),
    at('tidegate', 1, 9),
    at('perfect', 2, 3),
    at('static', 2, 90),
  ];
  const rows = rowsOf([...runs, at('tidegate', 2, 2)]);
  expect(rows.find(({ law }) => law === 'tidegate')?.violationSecondsBeyond).toBe((5 + 0) / 2);
  expect(rowsOf([at('perfect', 1, 0), at('tidegate', 1, 9)])[1]?.violationSecondsBeyond).toBeNull();
});

test('harm is pooled over the seeds and names the tier; a story whose failures no limit can shorten is not aimed at', () => {
  const honest = (premium: number, basic: number) => ({
    premium: { asked: 2000, served: premium },
    basic: { asked: 2000, served: basic },
  });
  const rows = rowsOf([
    runResult({ law: 'static', seed: 1, honestByTier: honest(450, 1000), violationSeconds: 0 }),
    runResult({ law: 'static', seed: 2, honestByTier: honest(950, 900), violationSeconds: 0 }),
    runResult({ law: 'perfect', seed: 1, violationSeconds: 0 }),
    runResult({ law: 'perfect', seed: 2, violationSeconds: 0 }),
    runResult({ seed: 1, honestByTier: honest(950, 800), violationSeconds: 40 }),
    runResult({ seed: 2, honestByTier: honest(950, 800), violationSeconds: 20 }),
  ]);
  const ours = rows.filter(({ law }) => law === 'tidegate');
  expect(ours[0]).toMatchObject({ harmTier: 'basic', violationSecondsBeyond: 30 });
  expect(ours[0]?.harmRatio).toBeCloseTo(1650 / 1950);
  expect(summariesOf(ours)[0]).toMatchObject({ harmIn: 'ramp, basic', worstViolationSecondsBeyond: 30 });
  expect(summariesOf(ours, new Set(['ramp']))[0]?.worstViolationSecondsBeyond).toBeNull();
});

test('one seed that never comes to rest is never at rest; a story whose trouble does not end has no such figure', () => {
  const { secondsToRest: _, ...endless } = runResult({ scenario: 'endless' });
  const rows = rowsOf([
    runResult({ seed: 1, secondsToRest: 700 }),
    runResult({ seed: 2, secondsToRest: 90 }),
    runResult({ seed: 1, scenario: 'stuck', secondsToRest: null }),
    runResult({ seed: 2, scenario: 'stuck', secondsToRest: 0 }),
    endless,
  ]);
  expect(rows.map(({ secondsToRest }) => secondsToRest)).toEqual([700, null, undefined]);
  expect(summariesOf(rows)[0]).toMatchObject({ secondsToRest: null, restIn: 'stuck' });
  expect(summariesOf(rows.slice(0, 1))[0]).toMatchObject({ secondsToRest: 700, restIn: 'ramp' });
});
