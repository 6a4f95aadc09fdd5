import { desiredStage } from '../../../shared/law/sharing/stage-limits.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { LARGE_BASELINE, type StageSituationSketch, stageSituation } from '../../support/builders/stage-situation.ts';

const GET = '/data/GET';
const POST = '/orders/POST';

const policy = policySchema.parse({
  api: 'a1/dev',
  methodCost: { [POST]: 4 },
  guardrails: { ignoreShiftShare: 0.1 },
  minutes: { roomFactor: 1.05 },
  guard: {
    burstShare: 0.03,
    leastBurstRequests: 25,
    methodSlackFactor: 1.2,
    kneeRoomFactor: 1.1,
    demandRoomFactor: 1.25,
    kneeHeadroomShare: 0.5,
    lowerBelowShare: 0.75,
    lowerAtKneeShare: 0.9,
    warmUpSeconds: 30,
  },
});

const stageAt = (rateRps: number) => ({ '*/*': { rateRps, burst: 25 } });
/** Demand for so many GETs a second by one premium key. */
const reading = (rps: number) => ({
  demand: { one: { tier: 'premium', count: 1, methods: { [GET]: rps }, wantedRps: rps } },
  healthySeconds: 30,
});

/** The stage that is desired where 400 GETs a second stand, by default with 300 asked for. */
function desiredOf({ memory, ...sketch }: StageSituationSketch, standingRps = 400) {
  const before = { stage: stageAt(standingRps), tiers: LARGE_BASELINE.tiers };
  const situation = stageSituation({ before, policy, memory: { ...reading(300), ...memory }, ...sketch });
  return desiredStage(situation, LARGE_BASELINE.tiers);
}
const rateOf = (sketch: StageSituationSketch, standingRps?: number) => desiredOf(sketch, standingRps)['*/*']?.rateRps;

describe('while the stage must hold a total of 350', () => {
  const tracker = { totalCups: 350 };

  test.each<[string, StageSituationSketch]>([
    ['demand exceeds it', { isContended: true, tracker }],
    ['a backlog drains', { tracker: { ...tracker, phase: 'drain' } }],
  ])('it holds it: %s', (_, sketch) => {
    expect(desiredOf(sketch)).toEqual(stageAt(350));
  });

  test('it allows as much less as enforcement was seen to let through more', () => {
    expect(rateOf({ isContended: true, tracker, memory: { slack: 1.25 } })).toBe(280);
  });

  test('it stays where it stands as nearly as makes no difference, unless it must be written', () => {
    const near = { isContended: true, tracker: { totalCups: 370 } };
    expect(rateOf(near)).toBe(400);
    expect(rateOf({ ...near, isStageForced: true })).toBe(370);
  });

  test('without a total it is sized as at rest', () => {
    expect(rateOf({ isContended: true, guardCups: 500, isStageForced: true })).toBe(500);
    expect(rateOf({ isContended: true, isStageForced: true })).toBe(400);
  });
});

describe('the total at rest', () => {
  const forced = (sketch: StageSituationSketch) => rateOf({ isStageForced: true, ...sketch });

  test.each<[string, StageSituationSketch, number]>([
    ['the guard', { guardCups: 500 }, 500],
    ['what the tracker found', { tracker: { totalCups: 450 } }, 450],
    ['the lower of both', { guardCups: 500, tracker: { totalCups: 450 } }, 450],
    ['the lower of both, whichever it is', { guardCups: 440, tracker: { totalCups: 450 } }, 440],
    ['as it stands where neither is known', {}, 400],
  ])('is %s', (_, sketch, expected) => {
    expect(forced(sketch)).toBe(expected);
  });

  test.each([
    ['a fifth', 1, 1.2],
    ['half way to the knee less', 0.5, 1.15],
    ['at the knee the least', 0, 1.1],
  ])('leaves what is asked for room: %s', (_, headroom, factor) => {
    expect(forced({ guardCups: 310, memory: { headroom } })).toBeCloseTo(factor * 300, 9);
  });

  test('leaves no more room at the knee than far from it', () => {
    const odd = { ...policy, guard: { ...policy.guard, kneeRoomFactor: 1.3 } };
    expect(forced({ guardCups: 310, policy: odd, memory: { headroom: 0 } })).toBeCloseTo(1.2 * 300, 9);
  });

  test('leaves little room where only minutes tell, or less than that at the knee', () => {
    expect(forced({ guardCups: 310, isDemandKnown: false })).toBeCloseTo(1.05 * 300, 9);
    const loose = { ...policy, minutes: { ...policy.minutes, roomFactor: 1.15 } };
    const atKnee = { guardCups: 310, isDemandKnown: false, policy: loose, memory: { headroom: 0 } };
    expect(forced(atKnee)).toBeCloseTo(1.1 * 300, 9);
  });
});

describe('at rest a stage of 400', () => {
  const asked = (rps: number, change: object = {}) => ({ ...reading(rps), ...change });

  test('stays where what is asked for, with room, just fits', () => {
    // 1.25 x 320 = 400
    expect(rateOf({ guardCups: 600, memory: asked(320) })).toBe(400);
    expect(rateOf({ guardCups: 600, memory: asked(321) })).toBe(600);
  });

  test('stays where it could not be higher anyway', () => {
    const baseline = { ...LARGE_BASELINE, stage: { rateRps: 400, burst: 800 } };
    expect(rateOf({ guardCups: 600, memory: asked(390), input: { baseline } })).toBe(400);
  });

  test('keeps its rates and has its inherited burst tightened', () => {
    const before = { stage: { '*/*': { rateRps: 400, burst: 5000 } }, tiers: LARGE_BASELINE.tiers };
    expect(desiredOf({ before, guardCups: 500 })).toEqual(stageAt(400));
  });

  test.each([
    ['is lowered when it is far too loose', 299, {}, 299],
    ['stays when it is a little loose', 300, {}, 400],
    ['stays until the backend was healthy for long enough', 299, { healthySeconds: 29 }, 400],
  ])('%s', (_, guardCups, change, expected) => {
    expect(rateOf({ guardCups, memory: asked(200, change) })).toBe(expected);
  });

  test('is not lowered to a total without a guard', () => {
    expect(rateOf({ tracker: { totalCups: 250 }, memory: asked(200) })).toBe(400);
  });

  test('is not raised at the knee, where capacity is close', () => {
    expect(rateOf({ guardCups: 600, memory: asked(390, { headroom: 0.49 }) })).toBe(400);
    expect(rateOf({ guardCups: 600, memory: asked(390, { headroom: 0.5 }) })).toBe(600);
  });

  test('is lowered sooner at the knee', () => {
    expect(rateOf({ guardCups: 359, memory: asked(200, { headroom: 0.49 }) })).toBe(359);
    expect(rateOf({ guardCups: 360, memory: asked(200, { headroom: 0.49 }) })).toBe(400);
    expect(rateOf({ guardCups: 359, memory: asked(200, { headroom: 0.5 }) })).toBe(400);
  });

  test('of nothing is raised to what is wanted', () => {
    const before = { stage: {}, tiers: LARGE_BASELINE.tiers };
    expect(rateOf({ before, guardCups: 600 })).toBe(600);
  });
});

test('an override of a method that we did not know is adopted as it is, and then kept in step', () => {
  const before = { stage: stageAt(400), tiers: LARGE_BASELINE.tiers };
  const theirs = { rateRps: 10, burst: 90 };
  const live = { stage: { '*/*': { rateRps: 300, burst: 10 }, [POST]: theirs }, tiers: LARGE_BASELINE.tiers };
  expect(desiredOf({ before, input: { live } })).toEqual({ ...stageAt(400), [POST]: theirs });
  const kept = desiredOf({ before, input: { live }, guardCups: 500, isStageForced: true });
  expect(Object.keys(kept).sort()).toEqual(['*/*', POST]);
});
