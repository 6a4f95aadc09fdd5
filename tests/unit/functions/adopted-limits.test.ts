import { adoptedLimits } from '../../../functions/control/steering/adopted-limits.ts';

const ACCOUNT = { rateRps: 10_000, burst: 5_000 };
const driftOf = (adopted: Record<string, { rateRps: number; burst: number }>) => ({
  known: {},
  open: {},
  baseline: { stage: ACCOUNT, tiers: {} },
  adopted,
  adoptedMs: 0,
});

test('a limit that a person set stands in for the deployed one', () => {
  const limit = { rateRps: 5, burst: 5 };
  expect([...adoptedLimits(driftOf({ 'tier basic': limit }), ACCOUNT)]).toEqual([['tier basic', limit]]);
});

test.each([
  { rateRps: 0, burst: 5 },
  { rateRps: 5, burst: 0 },
  { rateRps: -1, burst: 5 },
])('a limit of nothing is no baseline: $rateRps rps, burst $burst', (limit) => {
  expect([...adoptedLimits(driftOf({ 'stage */*': limit }), ACCOUNT)]).toEqual([]);
});
