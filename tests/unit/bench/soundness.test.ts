import { soundnessReport, unsoundIn } from '../../../bench/runner/soundness.ts';
import { rowsOf } from '../../../bench/runner/summary.ts';
import { runResult } from '../../support/bench/run-result.ts';

const run = (law: string, seed: number, stressRatio: number, rest = {}) =>
  runResult({ law, seed, stressRatio, ...rest });

describe('perfect knowledge is sound', () => {
  test('where no law beats it by more than chance in the mean over the seeds', () => {
    const runs = [run('perfect', 1, 0.8), run('perfect', 2, 0.9), run('aimd', 1, 0.99), run('aimd', 2, 0.74)];
    expect(unsoundIn(runs)).toEqual([]);
    expect(soundnessReport([])).toMatch(/^perfect is sound/);
  });

  test('and not where one does, which is named', () => {
    const runs = [run('perfect', 1, 0.8), run('perfect', 2, 0.9), run('aimd', 1, 0.99), run('aimd', 2, 0.76)];
    expect(unsoundIn(runs)).toMatchObject([{ law: 'aimd', scenario: 'ramp', size: 0.1, figure: 'stressRatio' }]);
    expect(soundnessReport(unsoundIn(runs))).toContain('ramp at size 0.1: aimd stressRatio 0.875, perfect 0.850');
  });

  test('whatever bounds do that know as much or more', () => {
    expect(unsoundIn([run('perfect', 1, 0.5), run('gate', 1, 0.9), run('perfect-30s', 1, 0.9)])).toEqual([]);
  });

  test('only where static limits serve no more over the whole story', () => {
    const served = (weightedGoodputRatio: number) => ({ weightedGoodputRatio });
    const runs = [run('perfect', 1, 1, served(0.99)), run('static', 1, 1, served(0.995))];
    expect(unsoundIn(runs)).toMatchObject([{ law: 'static', figure: 'weightedGoodputRatio' }]);
    expect(unsoundIn([run('perfect', 1, 1, served(0.99)), run('aimd', 1, 1, served(1))])).toEqual([]);
  });

  test('compares a law that was played with fewer seeds in those alone', () => {
    expect(unsoundIn([run('perfect', 1, 0.5), run('perfect', 2, 1), run('aimd', 2, 1)])).toEqual([]);
  });
});

test('where perfect knowledge is not sound, reach is held against the gate', () => {
  const sound = [run('perfect', 1, 0.5), run('gate', 1, 0.8), run('tidegate', 1, 0.4)];
  const reachOf = (runs: Parameters<typeof rowsOf>[0]) => rowsOf(runs).find(({ law }) => law === 'tidegate')?.reach;
  expect(reachOf(sound)).toBeCloseTo(0.8);
  expect(reachOf([...sound, run('aimd', 1, 0.6)])).toBeCloseTo(0.5);
});
