import {
  demandWithinBaseline,
  isBelievedDemandMet,
  levelLimit,
  type ShareInput,
  tierShares,
} from '../../../shared/law/sharing/shares.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';

interface Ask {
  readonly believed: number;
  readonly asked?: number;
  readonly weight?: number;
  readonly floorShare?: number;
  readonly ceilingShare?: number;
  readonly sacrificeOrder?: number | 'never';
}

const NEUTRAL = { weight: 1, floorShare: 0, ceilingShare: 1, sacrificeOrder: 1 };

/** Tiers of one key each, at cost 1, whose baselines are far beyond what they ask. */
function inputOf(totalCups: number, asks: Readonly<Record<string, Ask>>): ShareInput {
  const each = <T>(of: (ask: Ask) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(asks).map(([tier, ask]) => [tier, of(ask)]));
  const tiers = each(({ believed, asked, ...own }) => ({ ...NEUTRAL, ...own }));
  return {
    totalCups,
    keys: each(({ believed }) => [{ rps: believed, count: 1, costPerRequest: 1 }]),
    askedCups: each(({ believed, asked }) => asked ?? believed),
    baseline: { stage: { rateRps: 5000, burst: 100 }, tiers: each(() => ({ rateRps: 5000, burst: 100 })) },
    policy: policySchema.parse({ api: 'a1/dev', tiers }),
  };
}

describe('demand within the baselines', () => {
  const keys = {
    premium: [{ rps: 100, count: 2, costPerRequest: 1.5 }],
    basic: [{ rps: 30, count: 1, costPerRequest: 1 }],
  };
  const limit = (rateRps: number) => ({ rateRps, burst: 10 });

  test('is what a plan at its baseline would let each key send', () => {
    expect(demandWithinBaseline(keys, { premium: limit(40), basic: limit(50) })).toEqual({
      premium: 40 * 2 * 1.5,
      basic: 30,
    });
  });

  test('is all that is asked where a tier has no baseline', () => {
    expect(demandWithinBaseline(keys, { basic: limit(20) })).toEqual({ premium: 300, basic: 20 });
  });
});

describe('each tier’s part of the total', () => {
  test.each<[string, number, Record<string, Ask>, Record<string, number>]>([
    ['all have what they ask where it suffices', 300, { a: { believed: 100 }, b: { believed: 50 } }, { a: 100, b: 50 }],
    [
      'weights divide a shortage',
      90,
      { a: { believed: 100, weight: 2 }, b: { believed: 100, weight: 1 } },
      { a: 60, b: 30 },
    ],
    [
      'what one does not want the other has',
      90,
      { a: { believed: 20, weight: 2 }, b: { believed: 100 } },
      { a: 20, b: 70 },
    ],
    ['floors are met first', 100, { a: { believed: 100, floorShare: 0.7 }, b: { believed: 100 } }, { a: 70, b: 30 }],
    [
      'ceilings are never exceeded',
      100,
      { a: { believed: 100, ceilingShare: 0.3 }, b: { believed: 100 } },
      { a: 30, b: 70 },
    ],
    [
      'floors that exceed the total give way in the order of sacrifice',
      100,
      { a: { believed: 100, floorShare: 0.8, sacrificeOrder: 2 }, b: { believed: 100, floorShare: 0.8 } },
      { a: 80, b: 20 },
    ],
    [
      'a tier never to be sacrificed comes after all others',
      100,
      { a: { believed: 100, floorShare: 0.8, sacrificeOrder: 'never' }, b: { believed: 100, floorShare: 0.8 } },
      { a: 80, b: 20 },
    ],
    [
      'a tier never to be sacrificed comes after all others, also when it is named last',
      100,
      { b: { believed: 100, floorShare: 0.8 }, a: { believed: 100, floorShare: 0.8, sacrificeOrder: 'never' } },
      { a: 80, b: 20 },
    ],
    [
      'what may be retries has what the believed leaves',
      300,
      { a: { believed: 100, asked: 900 }, b: { believed: 150 } },
      { a: 150, b: 150 },
    ],
    [
      'what may be retries takes nothing from the believed',
      200,
      { a: { believed: 100, asked: 900, weight: 9 }, b: { believed: 150, weight: 1 } },
      { a: 100, b: 100 },
    ],
  ])('%s', (_, totalCups, asks, expected) => {
    const shares = tierShares(inputOf(totalCups, asks));
    expect(Object.keys(shares).sort()).toEqual(Object.keys(expected).sort());
    for (const [tier, share] of Object.entries(expected)) expect(shares[tier]).toBeCloseTo(share, 9);
  });

  test('counts a key with what its baseline would let through', () => {
    const input = inputOf(300, { a: { believed: 200 }, b: { believed: 200 } });
    const tiers = { ...input.baseline.tiers, a: { rateRps: 40, burst: 10 } };
    const baseline = { ...input.baseline, tiers };
    expect(tierShares({ ...input, baseline, askedCups: {} })).toEqual({ a: 40, b: 200 });
  });
});

test.each([
  [151, true],
  [150, true],
  [149, false],
])('a total of %d for 150 believed, whatever else is asked: sufficient is %s', (totalCups, expected) => {
  const asks = { a: { believed: 100, asked: 900 }, b: { believed: 50 } };
  expect(isBelievedDemandMet(inputOf(totalCups, asks))).toBe(expected);
});

describe('the limit for a level', () => {
  const policy = policySchema.parse({
    api: 'a1/dev',
    guardrails: { ignoreChangeShare: 0.1, leastRateRps: 1 },
    demand: { tierBurstSeconds: 3, leastTierBurstRequests: 10 },
  });
  const resting = { rateRps: 100, burst: 200 };

  test.each([
    ['rests where the difference is not worth a write', 90, resting],
    ['rests without a level', Number.POSITIVE_INFINITY, resting],
    ['has three seconds of its rate for a burst, the rate in tenths', 50.04, { rateRps: 50, burst: 150 }],
    ['rounds up as well as down', 50.26, { rateRps: 50.3, burst: 151 }],
    ['has no larger burst than at rest', 89.9, { rateRps: 89.9, burst: 200 }],
    ['has at least the least burst', 2, { rateRps: 2, burst: 10 }],
    ['has at least the least rate', 0.3, { rateRps: 1, burst: 10 }],
  ])('%s', (_, levelRps, expected) => {
    expect(levelLimit(levelRps, resting, policy)).toEqual(expected);
  });
});
