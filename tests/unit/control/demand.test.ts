import type { DemandEntry } from '../../../shared/law/state.ts';
import { type Load, updateDemand } from '../../../shared/law/telling/demand.ts';
import { type Policy, policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { sketchOf } from '../../../shared/telemetry/key-sketch.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { logWindow } from '../../support/builders/window-sketch.ts';

const GET = '/data/GET';
const POST = '/orders/POST';
const LUMP = 'rest of premium';

/** What is known loses half of its weight in a window of ten seconds; two deviations are a distinct rise. */
const policy = policySchema.parse({
  api: 'a1/dev',
  demand: {
    halfLifeSeconds: 10,
    jumpDeviations: 2,
    usualAttempts: 3,
    attemptsPriorVariance: 0.01,
    lumpFactor: 1.5,
  },
});

function tracking(trackedKeys: number): Policy {
  return { ...policy, demand: { ...policy.demand, trackedKeys } };
}

/** A premium key with so many GETs a second, all of them wanted. */
const asking = (rps: number, change: Partial<DemandEntry> = {}): DemandEntry => ({
  tier: 'premium',
  count: 1,
  methods: { [GET]: rps },
  wantedRps: rps,
  ...change,
});

const knowing = (demand: Load['demand'], attempts: Load['attempts'] = {}): Load => ({ demand, attempts });

/** Ten seconds with so many GETs a second of the key `one`, and of keys that are not listed, one for each 10 a second. */
function seeing(rps: number, unlistedRps = 0, throttledRps = 0): Window {
  const throttled = 10 * throttledRps;
  const keys = { one: { tier: 'premium', requests: { [GET]: 10 * rps }, throttled } };
  const window = logWindow(0, { premium: { requests: 10 * (rps + unlistedRps), throttled } }, keys);
  const unlisted = Array.from({ length: unlistedRps / 10 }, (_, index) => `unlisted-${index}`);
  return { ...window, sketches: { premium: sketchOf(['one', ...unlisted]) } };
}

const NOTHING = logWindow(0, {});

describe('a key that is seen again', () => {
  const demandAfter = (before: number, now: number, isFading = true) =>
    updateDemand(knowing({ one: asking(before) }), seeing(now), isFading, policy).one;

  test.each([
    // A deviation of a rate r over ten seconds is the root of r / 10: 3 for 90.
    ['up by two deviations, which may be chance, is smoothed', 90, 96, 93],
    ['up by more counts at once', 90, 97, 97],
    // Least is the deviation of one request in the window: 0.1.
    ['from nothing by two deviations is smoothed', 0, 0.2, 0.1],
    ['from nothing by more counts at once', 0, 0.3, 0.3],
    ['down by however much is smoothed', 100, 40, 70],
  ])('%s: from %d, at %d, to %d', (_, before, now, expected) => {
    expect(demandAfter(before, now)?.methods[GET]).toBeCloseTo(expected, 9);
    expect(demandAfter(before, now)?.wantedRps).toBeCloseTo(expected, 9);
  });

  test('does not fall while answers are held up, but still rises', () => {
    expect(demandAfter(100, 40, false)?.methods[GET]).toBe(100);
    expect(demandAfter(90, 96, false)?.methods[GET]).toBeCloseTo(93, 9);
    expect(demandAfter(90, 97, false)?.methods[GET]).toBe(97);
  });

  test('is smoothed method by method, the one it does no longer use and the one that is new', () => {
    const before = knowing({ one: asking(0, { methods: { [POST]: 8 }, wantedRps: 8 }) });
    expect(updateDemand(before, seeing(20), true, policy).one?.methods).toEqual({ [GET]: 20, [POST]: 4 });
  });

  test('is of the tier that the window tells', () => {
    const moved = knowing({ one: asking(20, { tier: 'basic', count: 7 }) });
    expect(updateDemand(moved, seeing(20), true, policy).one).toMatchObject({ tier: 'premium', count: 1 });
  });
});

describe('what a key wants', () => {
  // Of 100 wanted at three attempts each, half of them lost, 175 are offered.
  const half = seeing(175, 0, 87.5);

  test('is what it asks less what comes back of the lost, at once for a new key', () => {
    const { one } = updateDemand(knowing({}), half, true, policy);
    expect(one?.methods).toEqual({ [GET]: 175 });
    expect(one?.wantedRps).toBeCloseTo(100, 9);
  });

  test('goes by the attempts that are believed of its tier', () => {
    const once = { weight: 1, means: [], variances: [0, 1, 1, 1, 1, 1] };
    const wanted = (tier: string) => updateDemand(knowing({}, { [tier]: once }), half, true, policy).one?.wantedRps;
    expect(wanted('premium')).toBeCloseTo(175, 9);
    expect(wanted('basic')).toBeCloseTo(100, 9);
  });

  test('is smoothed like what it asks', () => {
    const before = knowing({ one: asking(175, { wantedRps: 95 }) });
    expect(updateDemand(before, half, true, policy).one?.wantedRps).toBeCloseTo((95 + 100) / 2, 9);
  });
});

describe('a key that is not seen', () => {
  test('fades, and stays what it was', () => {
    const before = knowing({ five: asking(100, { tier: 'basic', count: 5, wantedRps: 60 }) });
    expect(updateDemand(before, NOTHING, true, policy)).toEqual({
      five: { tier: 'basic', count: 5, methods: { [GET]: 50 }, wantedRps: 30 },
    });
  });

  test('does not fade while answers are held up', () => {
    const before = knowing({ one: asking(100) });
    expect(updateDemand(before, NOTHING, false, policy)).toEqual(before.demand);
  });

  test('is forgotten when less than a twentieth of a request a second is left', () => {
    const before = knowing({ kept: asking(0.1), gone: asking(0.098) });
    expect(Object.keys(updateDemand(before, NOTHING, true, policy))).toEqual(['kept']);
  });

  test('is among the unlisted of its tier where it is small enough, and else fades', () => {
    // Four keys ask for 40 a second; one that asked for 1.5 x 40 / (4 - 1) = 20 may be among them.
    const before = knowing({ small: asking(20), large: asking(21), other: asking(1, { tier: 'basic' }) });
    const next = updateDemand(before, seeing(20, 40), true, policy);
    expect(next[LUMP]).toMatchObject({ count: 4, methods: { [GET]: 40 } });
    expect(Object.keys(next).sort()).toEqual(['large', 'one', 'other', LUMP].sort());
    expect(next.large?.methods).toEqual({ [GET]: 10.5 });
  });

  test('is compared with the whole of a lump of one', () => {
    const before = knowing({ small: asking(15), large: asking(16) });
    const next = updateDemand(before, seeing(20, 10), true, policy);
    expect(next[LUMP]?.count).toBe(1);
    expect(Object.keys(next).sort()).toEqual(['large', 'one', LUMP].sort());
  });

  test('is not in the lump where it is itself the lump of before', () => {
    const before = knowing({ [LUMP]: asking(30, { count: 3 }) });
    expect(updateDemand(before, seeing(20, 0), true, policy)[LUMP]).toMatchObject({ count: 3, methods: { [GET]: 15 } });
    expect(updateDemand(before, seeing(20, 40), true, policy)[LUMP]).toMatchObject({
      count: 4,
      methods: { [GET]: 40 },
    });
  });
});

describe('how many keys are remembered', () => {
  const before = knowing({ a: asking(20), b: asking(100), c: asking(4), d: asking(50) });
  const keysOf = (trackedKeys: number) => Object.keys(updateDemand(before, NOTHING, true, tracking(trackedKeys)));

  test('twice as many as are tracked in a window, the busiest of them', () => {
    expect(keysOf(1).sort()).toEqual(['b', 'd']);
  });

  test('all while they are no more', () => {
    expect(keysOf(2).sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});

test('demand of many keys for many methods stays small enough to be stored, and adds up', () => {
  const names = Array.from({ length: 300 }, (_, index) => `/customers/orders-${index}/GET`);
  const methods = Object.fromEntries(names.map((name) => [name, 0.1]));
  const keys = Array.from({ length: 200 }, (_, index) => [`key-${index}`, asking(30, { methods })] as const);
  const next = updateDemand(knowing(Object.fromEntries(keys)), NOTHING, false, policy);
  expect(JSON.stringify(next).length).toBeLessThan(300_000);
  const rates = Object.values(next).flatMap((entry) => Object.values(entry.methods));
  expect(rates.reduce((sum, rps) => sum + rps, 0)).toBeCloseTo(200 * 30, -1);
});
