import { jobsOf } from '../../../bench/runner/job-list.ts';

const CHOICE = { scenarios: ['ramp'], laws: ['tidegate', 'aimd'], seeds: [1], sizes: [0.02, 1, 0.1] };
const TWO_SEEDS = { ...CHOICE, seeds: [1, 2] };
const played = (choice: Parameters<typeof jobsOf>[0]) => jobsOf(choice).map(({ law, size }) => `${law} ${size}`);

test('laws that are not played at every size are played at the size for tuning', () => {
  expect(played({ ...CHOICE, lawsAtEverySize: ['tidegate'] })).toEqual([
    'tidegate 1',
    'tidegate 0.1',
    'aimd 0.1',
    'tidegate 0.02',
  ]);
});

test('laws that are named are played at every size that is asked for, the longest runs first', () => {
  expect(played(CHOICE)).toEqual(['tidegate 1', 'aimd 1', 'tidegate 0.1', 'aimd 0.1', 'tidegate 0.02', 'aimd 0.02']);
});

test('what is not named is played with one seed where it takes long or matters less', () => {
  const seeds = jobsOf({ ...TWO_SEEDS, lawsAtEverySize: ['tidegate'] }).map(
    ({ law, size, seed }) => `${law} ${size}: ${seed}`,
  );
  expect(seeds).toEqual([
    'tidegate 1: 1',
    'tidegate 0.1: 1',
    'tidegate 0.1: 2',
    'aimd 0.1: 1',
    'tidegate 0.02: 1',
    'tidegate 0.02: 2',
  ]);
  expect(jobsOf(TWO_SEEDS)).toHaveLength(12);
});
