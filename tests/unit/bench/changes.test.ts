import { effortOf, planWrite, stageWrite } from '../../../bench/loop/limit-changes.ts';

const limit = (rateRps: number) => ({ rateRps, burst: 10 });

test('writes count from the start on, a reversal is a change of direction of one limit', () => {
  const writes = [
    planWrite(0, 'basic', 100, 50),
    stageWrite(20_000, { '*/*': limit(500) }, { '*/*': limit(400) }),
    planWrite(30_000, 'basic', 50, 40),
    stageWrite(40_000, { '*/*': limit(400) }, { '*/*': limit(450) }),
    planWrite(60_000, 'basic', 40, 60),
    planWrite(90_000, 'premium', 90, 80),
  ];
  expect(effortOf(writes, 10_000)).toEqual({ stageWrites: 2, planWrites: 3, rejectedWrites: 0, reversals: 2 });
});

test('a new override is compared with what governed its method before', () => {
  const writes = [
    stageWrite(0, { '*/*': limit(500) }, { '*/*': limit(500), '/data/GET': limit(300) }),
    stageWrite(9_000, { '*/*': limit(500), '/data/GET': limit(300) }, { '*/*': limit(500), '/data/GET': limit(350) }),
  ];
  expect(effortOf(writes, 0).reversals).toBe(1);
});

test('a plan write within 20 s of another is one that AWS would refuse', () => {
  expect(effortOf([planWrite(0, 'basic', 9, 8), planWrite(19_000, 'premium', 9, 8)], 0).rejectedWrites).toBe(1);
});
