import { desiredStage } from '../../../shared/law/sharing/stage-limits.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { LARGE_BASELINE, type StageSituationSketch, stageSituation } from '../../support/builders/stage-situation.ts';
import { cell, minuteWindow } from '../../support/builders/window-sketch.ts';

const GET = '/data/GET';
const POST = '/orders/POST';

const policy = policySchema.parse({
  api: 'a1/dev',
  methodCost: { [POST]: 4 },
  demand: { plansHoldShare: 1 },
  minutes: { toleranceSeconds: 15, heldFillShare: 0.8 },
  guard: {
    methodSlackFactor: 1.2,
    heldRoomFactor: 1.1,
    demandRoomFactor: 1.25,
    lowerBelowShare: 0.7,
    methodLeastShare: 0.01,
    ownBucketShare: 0.15,
    warmUpSeconds: 30,
  },
});

/** One premium key asks for 300 GETs and 25 POSTs a second: three quarters and a quarter of the cost. */
const memory = {
  demand: { one: { tier: 'premium', count: 1, methods: { [GET]: 300, [POST]: 25 }, wantedRps: 325 } },
  healthySeconds: 30,
};

function desiredOf(
  sketch: StageSituationSketch,
  standing: Readonly<Record<string, number>> = { [GET]: 500, [POST]: 50 },
) {
  const stage = Object.entries(standing).map(([method, rateRps]) => [method, { rateRps, burst: 25 }] as const);
  const before = { stage: Object.fromEntries(stage), tiers: LARGE_BASELINE.tiers };
  const situation = stageSituation({ before, policy, memory, isStageForced: true, ...sketch });
  return desiredStage(situation, LARGE_BASELINE.tiers);
}

function ratesOf(...args: Parameters<typeof desiredOf>) {
  const stage = desiredOf(...args);
  return { [GET]: stage[GET]?.rateRps, [POST]: stage[POST]?.rateRps };
}

describe('of a total of 400 a minor method, with a quarter of the cost, has', () => {
  const tracker = { totalCups: 400 };
  /** Plans that let all through that is asked, and four fifths of it. */
  const loose = LARGE_BASELINE.tiers;
  const tight = { ...loose, premium: { rateRps: 260, burst: 700 } };

  test.each<[string, StageSituationSketch, number]>([
    ['most room at rest, of a total that leaves as much', { tracker, isContended: false }, 1.2 * 1.2 * 25],
    ['some room while the plans hold the total', { tracker, isContended: true, inForce: tight }, 27.5],
    [
      'no room while the plans let through too much',
      { tracker: { totalCups: 399 }, isContended: true, inForce: loose },
      24.9,
    ],
    ['no room while a backlog drains', { tracker: { ...tracker, phase: 'drain' }, inForce: tight }, 25],
    ['no room in a drain under contention', { tracker: { ...tracker, phase: 'drain' }, isContended: true }, 25],
  ])('%s', (_, sketch, orders) => {
    expect(ratesOf(sketch)[POST]).toBe(orders);
  });
});

describe('at rest the stage moves', () => {
  const resting = { guardCups: 600, isStageForced: false };

  test('not while each method has room, at its own cost', () => {
    expect(ratesOf(resting, { [GET]: 375, [POST]: 31.3 })).toEqual({ [GET]: 375, [POST]: 31.3 });
  });

  test.each([
    ['one method', { [GET]: 374, [POST]: 40 }],
    ['the other', { [GET]: 400, [POST]: 31 }],
    ['one without any setting', { [GET]: 400 }],
  ])('when %s comes close to its limit', (_, standing) => {
    expect(ratesOf(resting, standing)).toEqual({ [GET]: 450, [POST]: 45 });
  });

  test('when it is far too loose, told by the methods in use', () => {
    // 0.7 x (700 + 4 x 32) = 579.6
    const standing = { '*/*': 2000, [GET]: 700, [POST]: 32 };
    const guarded = { ...resting, guardCups: 550 };
    expect(ratesOf(guarded, standing)[GET]).toBe(412.5);
    expect(ratesOf({ ...guarded, guardCups: 580 }, standing)[GET]).toBe(700);
  });
});

describe('where plans are cut and only minutes tell what came of it', () => {
  /** The plans held orders to 10 a second, while reads filled their limit. */
  const cells = { all: { [GET]: cell({ requests: 60 * 300 }), [POST]: cell({ requests: 60 * 10 }) } };
  const window = { ...minuteWindow(600_000, { requests: 0 }), cells };
  const standing = { [GET]: 300, [POST]: 25 };
  const cut = { ...LARGE_BASELINE.tiers, premium: { rateRps: 200, burst: 600 } };
  const stage = { [GET]: { rateRps: 300, burst: 25 }, [POST]: { rateRps: 25, burst: 25 } };
  const seen: StageSituationSketch = {
    tracker: { totalCups: 400 },
    isContended: true,
    isDemandKnown: false,
    window,
    before: { stage, tiers: cut },
    inForce: LARGE_BASELINE.tiers,
    policy: { ...policy, demand: { ...policy.demand, plansHoldShare: 0.9 } },
  };
  /** 40 of 100 is below four fifths: orders get 40 / 0.8, reads the rest. */
  const byMinutes = { [GET]: 350, [POST]: 12.5 };
  const byDemand = { [GET]: 300, [POST]: 25 };

  test('a method that does not fill its limit needs little more than it got', () => {
    expect(ratesOf(seen)).toEqual(byMinutes);
    expect(ratesOf({ ...seen, isContended: false, tracker: { totalCups: 400, phase: 'drain' } })).toEqual(byMinutes);
  });

  test.each<[string, StageSituationSketch]>([
    ['the log tells who asks for what', { isDemandKnown: true }],
    ['no plan is cut', { before: { stage, tiers: LARGE_BASELINE.tiers } }],
  ])('demand divides the total where %s', (_, change) => {
    expect(ratesOf({ ...seen, ...change }, standing)).toEqual(byDemand);
  });

  test('demand divides it at rest', () => {
    const rest = { ...seen, isContended: false };
    expect(ratesOf(rest)[GET]).toBe(Math.round(10 * 300 * policy.minutes.roomFactor) / 10);
  });
});
