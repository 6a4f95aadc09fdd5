import type { Limits } from '../../../shared/limits/limits.ts';
import { adoptedLimits } from '../../../shared/steering/resting-limits.ts';

const ACCOUNT = { rateRps: 10_000, burst: 5_000 };
const NOTHING = { stage: {}, tiers: {} };
const driftOf = (adopted: Limits) => ({
  known: NOTHING,
  open: NOTHING,
  baseline: { stage: ACCOUNT, tiers: {} },
  adopted,
  adoptedMs: 0,
});

test('a limit that a person set stands in for the deployed one', () => {
  const limit = { rateRps: 5, burst: 5 };
  expect(adoptedLimits(driftOf({ stage: {}, tiers: { basic: limit } }), ACCOUNT)).toEqual({
    stage: {},
    tiers: { basic: limit },
  });
});

test.each([
  { rateRps: 0, burst: 5 },
  { rateRps: 5, burst: 0 },
  { rateRps: -1, burst: 5 },
])('a limit of nothing is no baseline: $rateRps rps, burst $burst', (limit) => {
  expect(adoptedLimits(driftOf({ stage: { '*/*': limit }, tiers: {} }), ACCOUNT)).toEqual(NOTHING);
});
