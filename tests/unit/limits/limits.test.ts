import type { Limit } from '../../../shared/limits/limit.ts';
import { areSameLimits, isAnyChanged, limitOf, withoutRaises } from '../../../shared/limits/limits.ts';

const GET = '/data/GET';
const POST = '/orders/POST';
const limit = (rateRps: number, burst = 25): Limit => ({ rateRps, burst });

describe('the limit of a method', () => {
  const stage = { '*/*': limit(100), [POST]: limit(20) };

  test('is its own, or else the default of the stage', () => {
    expect(limitOf(stage, POST)).toEqual(limit(20));
    expect(limitOf(stage, GET)).toEqual(limit(100));
    expect(limitOf({ [POST]: limit(20) }, GET)).toBeUndefined();
  });

  test('is no property that every object inherits', () => {
    expect(limitOf({}, 'constructor')).toBeUndefined();
  });
});

describe('two sets of limits', () => {
  test('are the same when API Gateway could not tell them apart', () => {
    const set = (rateRps: number) => ({ stage: { '*/*': limit(rateRps) }, tiers: { basic: limit(5) } });
    expect(areSameLimits(set(100), set(100.004))).toBe(true);
    expect(areSameLimits(set(100), set(100.01))).toBe(false);
  });

  test('differ when one of them names a limit that the other does not', () => {
    const both = { stage: { '*/*': limit(100), [POST]: limit(100) }, tiers: {} };
    const one = { stage: { '*/*': limit(100) }, tiers: {} };
    expect(areSameLimits(both, one)).toBe(false);
    expect(areSameLimits(one, both)).toBe(false);
  });

  test('a method that would get what it already has by default is no change', () => {
    const live = { stage: { '*/*': limit(100) }, tiers: { basic: limit(5) } };
    expect(isAnyChanged({ stage: { [POST]: limit(100) }, tiers: {} }, live)).toBe(false);
    expect(isAnyChanged({ stage: {}, tiers: { basic: limit(5, 9) } }, live)).toBe(true);
    expect(isAnyChanged({ stage: {}, tiers: { gold: limit(5) } }, live)).toBe(true);
  });
});

describe('limits without raises', () => {
  test('are at most the limits in force, number by number', () => {
    const live = { stage: { '*/*': limit(100, 10) }, tiers: { basic: limit(5, 10) } };
    const wanted = { stage: { '*/*': limit(50, 20), [POST]: limit(200, 5) }, tiers: { basic: limit(6, 4) } };
    expect(withoutRaises(wanted, live)).toEqual({
      stage: { '*/*': limit(50, 10), [POST]: limit(100, 5) },
      tiers: { basic: limit(5, 4) },
    });
  });
});
