import { observedDemand } from '../../../shared/law/telling/observed-demand.ts';
import { type Policy, policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { sketchOf } from '../../../shared/telemetry/key-sketch.ts';
import type { KeyCounts, Window } from '../../../shared/telemetry/window.ts';
import { type CellSketch, cell, logWindow } from '../../support/builders/window-sketch.ts';

const GET = '/data/GET';
const POST = '/orders/POST';
const LUMP = 'rest of premium';

function policyWith(trackedKeys: number): Policy {
  const policy = policySchema.parse({ api: 'a1/dev' });
  return { ...policy, demand: { ...policy.demand, trackedKeys } };
}
const policy = policyWith(100);

/** Ten seconds of premium requests, by method. */
function windowOf(
  methods: Readonly<Record<string, CellSketch>>,
  keys: Readonly<Record<string, Omit<KeyCounts, 'tier'>>> = {},
): Window {
  const cells = Object.entries(methods).map(([method, sketch]) => [method, cell(sketch)] as const);
  const counts = Object.entries(keys).map(([key, own]) => [key, { tier: 'premium', ...own }] as const);
  return { ...logWindow(0, {}, Object.fromEntries(counts)), cells: { premium: Object.fromEntries(cells) } };
}

const observe = (...args: Parameters<typeof windowOf>) => observedDemand(windowOf(...args), policy);

describe('a listed key', () => {
  test('asks for its own requests a second, by method', () => {
    const keys = { one: { requests: { [GET]: 300, [POST]: 100 }, throttled: 0 } };
    expect(observe({ [GET]: { requests: 300 }, [POST]: { requests: 100 } }, keys)).toEqual({
      one: { tier: 'premium', count: 1, methods: { [GET]: 30, [POST]: 10 }, lostShare: 0 },
    });
  });

  test('is taken to meet spent quotas and the gateway’s own refusals as often as its tier does, by method', () => {
    const cells = { [GET]: { requests: 1000, quotaExceeded: 300, refused: 200 }, [POST]: { requests: 100 } };
    const keys = { one: { requests: { [GET]: 1000, [POST]: 100 }, throttled: 0 } };
    expect(observe(cells, keys).one?.methods).toEqual({ [GET]: 50, [POST]: 10 });
  });

  test('is believed where the cells know nothing of its requests', () => {
    const keys = { one: { requests: { [GET]: 100, [POST]: 50 }, throttled: 0 } };
    expect(observe({ [GET]: { requests: 0 } }, keys).one?.methods).toEqual({ [GET]: 10, [POST]: 5 });
  });

  test('asks for nothing that our limits judge where more was refused than asked', () => {
    const keys = { one: { requests: { [GET]: 100 }, throttled: 0 } };
    expect(observe({ [GET]: { requests: 100, quotaExceeded: 80, refused: 40 } }, keys).one?.methods).toEqual({
      [GET]: 0,
    });
  });

  test('of a tier without cells is not looked at', () => {
    const window = windowOf({}, { one: { requests: { [GET]: 100 }, throttled: 0 } });
    expect(observedDemand({ ...window, cells: {} }, policy)).toEqual({});
  });

  test('of another tier is of that tier', () => {
    const tiers = { premium: { requests: 100 }, basic: { requests: 20 } };
    const observed = observedDemand(logWindow(0, tiers), policy);
    expect(observed).toMatchObject({ 'premium-1': { tier: 'premium' }, 'basic-1': { tier: 'basic' } });
    expect(Object.keys(observed)).toHaveLength(2);
  });
});

describe('the part of a key’s requests that is lost', () => {
  const lostOf = (sketch: CellSketch, requests: number, throttled: number) =>
    observe({ [GET]: sketch }, { one: { requests: { [GET]: requests }, throttled } }).one?.lostShare;

  test.each([
    ['its own refusals', { requests: 1000, throttled: 100 }, 400, 100, 0.25],
    [
      'its own refusals, and of the others what fails of its tier: 75 of 1000 - 100 - 100 - 50',
      { requests: 1000, throttled: 100, quotaExceeded: 100, refused: 50, serverErrors: 75 },
      400,
      100,
      1 - 0.75 * 0.9,
    ],
    ['its tier’s failures alone where it sent nothing', { requests: 1000, serverErrors: 100 }, 0, 0, 0.1],
    ['all, where more was refused than it sent', { requests: 1000, throttled: 500 }, 400, 500, 1],
    ['all, where more failed than arrived', { requests: 1000, serverErrors: 1200 }, 400, 0, 1],
    ['none, where nothing arrived', { requests: 1000, quotaExceeded: 1000, serverErrors: 5 }, 400, 0, 0],
  ])('is %s', (_, sketch, requests, throttled, expected) => {
    expect(lostOf(sketch, requests, throttled)).toBeCloseTo(expected, 9);
  });

  test('counts what arrived method by method: contradictions of one do not hide the others', () => {
    const cells = { [GET]: { requests: 100, serverErrors: 10 }, [POST]: { requests: 10, throttled: 60 } };
    const keys = { one: { requests: { [GET]: 100 }, throttled: 0 } };
    expect(observe(cells, keys).one?.lostShare).toBeCloseTo(10 / 100, 9);
  });
});

describe('the keys that a window does not list', () => {
  const one = { requests: { [GET]: 300 }, throttled: 100 };

  test('are one lump, of as many equals as the sketch has counted beyond the listed', () => {
    const keys = { busy: { requests: { [GET]: 500 }, throttled: 200 }, one };
    const cells = { [GET]: { requests: 1500, throttled: 440 }, [POST]: { requests: 50 } };
    const unlisted = ['a', 'b', 'c', 'd', 'e'];
    const sketches = { premium: sketchOf(['busy', 'one', ...unlisted]), basic: sketchOf(unlisted) };
    // 700 + 50 requests are left, and 440 - 300 refusals.
    expect(observedDemand({ ...windowOf(cells, keys), sketches }, policy)[LUMP]).toEqual({
      tier: 'premium',
      count: 5,
      methods: { [GET]: 70, [POST]: 5 },
      lostShare: expect.closeTo(140 / 750, 9),
    });
  });

  test('are at least one, also where the sketch errs below the listed', () => {
    const sketches = { premium: sketchOf([]) };
    expect(observedDemand({ ...windowOf({ [GET]: { requests: 1000 } }, { one }), sketches }, policy)[LUMP]?.count).toBe(
      1,
    );
  });

  test('lose what fails of their tier, too', () => {
    const cells = { [GET]: { requests: 1000, throttled: 200, serverErrors: 80 } };
    expect(observe(cells, { one })[LUMP]?.lostShare).toBeCloseTo(1 - (1 - 100 / 700) * 0.9, 9);
  });

  test('lose nothing where the listed say that they were refused more often than all', () => {
    expect(observe({ [GET]: { requests: 1000, throttled: 60 } }, { one })[LUMP]?.lostShare).toBe(0);
  });

  test('meet quotas as often as their tier does', () => {
    const cells = { [GET]: { requests: 1000, quotaExceeded: 500 } };
    expect(observe(cells)[LUMP]?.methods).toEqual({ [GET]: 50 });
  });

  test.each([
    ['where no key is listed', {}],
    ['where a listed key sent nothing', { one: { requests: {}, throttled: 0 } }],
  ])('are one %s', (_, keys) => {
    expect(observe({ [GET]: { requests: 1000 } }, keys)[LUMP]).toEqual({
      tier: 'premium',
      count: 1,
      methods: { [GET]: 100 },
      lostShare: 0,
    });
  });

  test('are none where the listed sent all, or more than all', () => {
    expect(observe({ [GET]: { requests: 300 } }, { one })).not.toHaveProperty([LUMP]);
    const cells = { [GET]: { requests: 200 }, [POST]: { requests: 50 } };
    expect(observe(cells, { one })[LUMP]?.methods).toEqual({ [GET]: 0, [POST]: 5 });
  });

  test('are not worth an entry at a twentieth of a request a second', () => {
    const quiet = (requests: number) => ({ ...windowOf({ [GET]: { requests } }), lengthMs: 20_000 });
    expect(observedDemand(quiet(1), policy)).toEqual({});
    expect(observedDemand(quiet(2), policy)[LUMP]?.methods).toEqual({ [GET]: 0.1 });
  });
});

test('only the busiest keys are told apart, as many as the policy says; the others join the lump', () => {
  const key = (requests: number) => ({ requests: { [GET]: requests }, throttled: 0 });
  const window = windowOf({ [GET]: { requests: 650 } }, { a: key(50), b: key(110), c: key(400), d: key(90) });
  expect(observedDemand(window, policyWith(4))).not.toHaveProperty([LUMP]);
  const observed = observedDemand(window, policyWith(2));
  expect(Object.keys(observed).sort()).toEqual(['b', 'c', LUMP]);
  // `a` and `d`: the window names all four.
  expect(observed[LUMP]).toMatchObject({ count: 2, methods: { [GET]: 14 } });
});
