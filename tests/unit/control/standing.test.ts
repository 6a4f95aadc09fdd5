import {
  guardTotal,
  stageBurst,
  stageCapacity,
  stageFor,
  stagesAgree,
  withTightBursts,
} from '../../../shared/law/sharing/standing.ts';
import { initialState, type MemoryState } from '../../../shared/law/state.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';

const GET = '/data/GET';
const POST = '/orders/POST';
const LIST = '/orders/GET';
const BASELINE = { stage: { rateRps: 1000, burst: 2000 }, tiers: {} };

function policyWith(change: { guard?: object; capacity?: object } = {}) {
  return policySchema.parse({
    api: 'a1/dev',
    methodCost: { [POST]: 4 },
    capacity: change.capacity ?? {},
    guardrails: { leastRateRps: 2 },
    minutes: { guardFactor: 1.15 },
    guard: {
      confirmedFactor: 1.3,
      kneeRoomFactor: 1.1,
      confirmedMemorySeconds: 600,
      warmUpSeconds: 30,
      leastBaselineShare: 0.1,
      burstShare: 0.03,
      leastBurstRequests: 25,
      methodLeastShare: 0.02,
      ownBucketShare: 0.15,
      ...change.guard,
    },
  });
}
const policy = policyWith();

describe('what the stage allows at rest, where 200 were the most that was healthy', () => {
  const memoryWith = (change: Partial<MemoryState>): MemoryState => ({
    ...initialState({ stage: {}, tiers: {} }, 0, 0.02, 120).memory,
    confirmed: { cups: 200, atMs: 0 },
    healthySeconds: 30,
    headroom: 1,
    lastWindowEndMs: 90_000,
    lastLogEndMs: 90_000,
    ...change,
  });
  const guardAt = (change: Partial<MemoryState>, now = 0, by = policy) =>
    guardTotal(memoryWith(change), BASELINE, by, now);

  test.each([
    ['the full factor far from the knee', 1, 1.3],
    ['half of it half way', 0.5, 1.2],
    ['little room at the knee', 0, 1.1],
  ])('is %s', (_, headroom, factor) => {
    expect(guardAt({ headroom })).toBeCloseTo(factor * 200, 9);
  });

  test('is half of that after the half-life of the memory', () => {
    expect(guardAt({}, 600_000)).toBeCloseTo((1.3 * 200) / 2, 9);
  });

  test('is tighter by minutes, wherever the knee is', () => {
    expect(guardAt({ lastLogEndMs: 89_999, headroom: 0.5 })).toBeCloseTo(1.15 * 200, 9);
  });

  test('is nothing until the backend was healthy for long enough', () => {
    expect(guardAt({ healthySeconds: 29 })).toBeNull();
    expect(guardAt({ confirmed: null })).toBeNull();
  });

  test.each([
    ['a part of the deployed rate', policyWith({ guard: { leastBaselineShare: 0.5 } }), 0.5 * 1000],
    ['what the backend is known to bear', policyWith({ capacity: { floorCups: 400 } }), 400],
  ])('is at least %s', (_, by, least) => {
    expect(guardAt({}, 0, by)).toBe(least);
  });

  test('is at most what the policy allows', () => {
    expect(guardAt({}, 0, policyWith({ capacity: { ceilingCups: 210 } }))).toBe(210);
    expect(guardAt({}, 0, policyWith({ capacity: { ceilingCups: 900 } }))).toBeCloseTo(260, 9);
  });
});

describe('the burst of a stage rate', () => {
  test.each([
    [100, 25],
    [1000, 30],
    [1010, 31],
  ])('of %d a second is %d', (rateRps, burst) => {
    expect(stageBurst(rateRps, policy)).toBe(burst);
  });

  test('of limits in force is made as small, and a smaller one is left', () => {
    const stage = { '*/*': { rateRps: 1000, burst: 2000 }, [POST]: { rateRps: 50, burst: 5 } };
    expect(withTightBursts(stage, policy)).toEqual({
      '*/*': { rateRps: 1000, burst: 30 },
      [POST]: { rateRps: 50, burst: 5 },
    });
  });
});

describe('a total, divided between the methods', () => {
  const stageOf = (
    totalCups: number,
    expected: Readonly<Record<string, number>>,
    overrides: readonly string[] = [],
    minorRoomFactor = 1,
  ) => stageFor(totalCups, expected, overrides, minorRoomFactor, { baseline: BASELINE, policy });

  test('of one method is its limit', () => {
    expect(stageOf(400, { [GET]: 60 })).toEqual({ '*/*': { rateRps: 400, burst: 25 } });
  });

  test('goes by their parts of the cost, at the cost of each; others get the least share', () => {
    expect(stageOf(400, { [GET]: 300, [POST]: 100 })).toEqual({
      '*/*': { rateRps: 0.02 * 400, burst: 25 },
      [GET]: { rateRps: 300, burst: 25 },
      [POST]: { rateRps: 100 / 4, burst: 25 },
    });
  });

  test('leaves minor methods the room that is asked for', () => {
    const stage = stageOf(400, { [GET]: 300, [POST]: 100 }, [], 1.2);
    expect([stage[GET]?.rateRps, stage[POST]?.rateRps]).toEqual([300, 30]);
  });

  test.each([
    ['which is worth it from a sixth of the cost on', 60, [GET, LIST]],
    ['which is not worth it for less', 50, []],
  ])('gives a second method of the same cost a bucket of its own, %s', (_, cups, own) => {
    const stage = stageOf(400, { [GET]: 400 - cups, [LIST]: cups });
    expect(Object.keys(stage).filter((key) => key !== '*/*')).toEqual(own);
  });

  test('keeps overrides in step, also while nothing is known of who asks for what', () => {
    expect(stageOf(400, { [GET]: 0 }, [POST])).toEqual({
      '*/*': { rateRps: 8, burst: 25 },
      [POST]: { rateRps: 2, burst: 25 },
    });
  });

  test('never exceeds the deployed rate, and never goes below the least', () => {
    expect(stageOf(5000, { [GET]: 60 })).toEqual({ '*/*': { rateRps: 1000, burst: 30 } });
    expect(stageOf(1, { [GET]: 60 })).toEqual({ '*/*': { rateRps: 2, burst: 25 } });
  });
});

describe('what a stage admits', () => {
  const all = { rateRps: 100, burst: 25 };
  const own = { rateRps: 20, burst: 25 };

  test('in all is the sum over the methods in use, at the cost of each', () => {
    const expected = { [GET]: 1, [LIST]: 1, [POST]: 1 };
    expect(stageCapacity({ '*/*': all, [POST]: own }, expected, policy)).toBe(100 + 100 + 4 * 20);
    expect(stageCapacity({ [POST]: own }, expected, policy)).toBe(4 * 20);
    expect(stageCapacity({ '*/*': all }, {}, policy)).toBe(0);
  });
});

describe('two stages agree', () => {
  const at = (rateRps: number) => ({ '*/*': { rateRps, burst: 25 } });

  test.each([
    [75, 100, true],
    [100, 75, true],
    [74, 100, false],
    [100, 74, false],
    [100, 130, true],
    [100, 134, false],
  ])('%d and %d within a quarter of the larger: %s', (a, b, expected) => {
    expect(stagesAgree(at(a), at(b), 0.25)).toBe(expected);
  });

  test('only if they set the same methods, and all of them agree', () => {
    const more = { ...at(100), [POST]: { rateRps: 20, burst: 25 } };
    expect(stagesAgree(at(100), more, 0.25)).toBe(false);
    expect(stagesAgree(more, at(100), 0.25)).toBe(false);
    expect(stagesAgree(more, { ...more, [POST]: { rateRps: 10, burst: 25 } }, 0.25)).toBe(false);
    expect(stagesAgree(more, { ...more }, 0)).toBe(true);
  });
});
