import type { DemandEntry } from '../../../shared/law/state.ts';
import { costByMethod, keysByTier, sumOf } from '../../../shared/law/telling/demand.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';

const GET = '/data/GET';
const POST = '/orders/POST';
const policy = policySchema.parse({ api: 'a1/dev', methodCost: { [POST]: 4 } });

/** Five premium keys with 80 GETs and 20 POSTs a second together, of which they want so many. */
const five = (wantedRps: number): DemandEntry => ({
  tier: 'premium',
  count: 5,
  methods: { [GET]: 80, [POST]: 20 },
  wantedRps,
});
const one: DemandEntry = { tier: 'premium', count: 1, methods: { [GET]: 30 }, wantedRps: 30 };
const basic: DemandEntry = { tier: 'basic', count: 2, methods: { [GET]: 10 }, wantedRps: 10 };
const silent: DemandEntry = { tier: 'basic', count: 1, methods: { [GET]: 0 }, wantedRps: 0 };

describe('keys by tier', () => {
  test('each with its rate and the mean cost of its mix of methods; the silent are left out', () => {
    // (80 x 1 + 20 x 4) / 100 = 1.6
    expect(keysByTier({ five: five(40), one, basic, silent }, 'asked', policy)).toEqual({
      premium: [
        { rps: 20, count: 5, costPerRequest: 1.6 },
        { rps: 30, count: 1, costPerRequest: 1 },
      ],
      basic: [{ rps: 5, count: 2, costPerRequest: 1 }],
    });
  });

  test.each([
    [40, 8],
    [100, 20],
    [120, 20],
  ])('where %d of 100 a second are wanted, each of the five is believed with %d', (wanted, rps) => {
    expect(keysByTier({ five: five(wanted) }, 'believed', policy)).toEqual({
      premium: [{ rps, count: 5, costPerRequest: 1.6 }],
    });
  });
});

describe('what tier limits let through, by method', () => {
  const limit = (rateRps: number) => ({ rateRps, burst: 10 });

  test.each([
    // Each of the five asks for 20 a second.
    ['all below the limit', 100, 40, 1],
    ['half at half of what each asks', 100, 10, 0.5],
    ['what is believed below the limit', 40, 10, 0.4],
    // Each wants 8 of its 20.
    ['of what is believed the part that the limit leaves', 40, 2, 0.4 * 0.25],
  ])('%s, at the key’s own mix of methods', (_, wanted, rateRps, share) => {
    const costs = costByMethod({ five: five(wanted) }, { premium: limit(rateRps) }, policy);
    expect(costs[GET]).toBeCloseTo(share * 80, 9);
    expect(costs[POST]).toBeCloseTo(share * 20 * 4, 9);
  });

  test('adds up over keys, and a tier without a limit passes in full', () => {
    const costs = costByMethod({ five: five(100), one, basic, silent }, { premium: limit(10) }, policy);
    expect(costs[GET]).toBeCloseTo(40 + 10 + 10, 9);
    expect(costs[POST]).toBeCloseTo(40, 9);
  });

  test('is nothing of a key that asks or wants nothing, even at a limit of nothing', () => {
    const limits = { premium: limit(0), basic: limit(0) };
    expect(costByMethod({ five: five(0), silent }, limits, policy)).toEqual({ [GET]: 0, [POST]: 0 });
  });
});

test('a sum over nothing is nothing', () => {
  expect(sumOf({})).toBe(0);
  expect(sumOf({ a: 1, b: 2.5 })).toBe(3.5);
});
