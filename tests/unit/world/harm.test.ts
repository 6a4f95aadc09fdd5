import { harmRatios, worstHarm } from '../../../rehearsal/world/scoring/harm.ts';

const run = (premium: number, basic: number) => ({
  premium: { asked: 1000, served: premium },
  basic: { asked: 1000, served: basic },
});

test('harm compares what honest clients were served with static limits, by tier, pooled over the seeds', () => {
  const ratios = harmRatios([run(900, 100), run(700, 250)], [run(750, 250), run(750, 200)]);
  expect(ratios).toEqual({ premium: 1650 / 1550, basic: 400 / 500 });
  expect(worstHarm(ratios)).toEqual({ tier: 'basic', ratio: 0.8 });
});

test('a tier that asks for a handful does not decide by chance', () => {
  expect(harmRatios([run(0, 1)], [run(0, 2)])).toEqual({ premium: 1, basic: 51 / 52 });
});
