import { playAll } from '../../../bench/runner/pool.ts';

test('a thread plays each run with its own numbers, and the next with others', async () => {
  const job = { law: 'next', scenario: 'brief-unknown', seed: 1, size: 0.02, trace: false, keepSeconds: false };
  const jobs = [{ ...job, numbers: { aimShare: 0.3 } }, job];
  const [braked, usual] = await playAll(jobs, 1, () => undefined);
  expect(braked?.goodputRatio).toBeLessThan((usual?.goodputRatio ?? 0) - 0.1);
});
