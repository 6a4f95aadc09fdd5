import type { DemandEntry } from '../../../shared/law/state.ts';
import { type Load, updateDemand } from '../../../shared/law/telling/demand.ts';
import { STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import { type Policy, policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { sketchOf } from '../../../shared/telemetry/key-sketch.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { cell, logWindow } from '../../support/builders/window-sketch.ts';

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

describe('demand that would be too large to store', () => {
  const STORED_BYTES = 240_000;
  const short = (count: number) => Array.from({ length: count }, (_, index) => `/${index}/GET`);
  const long = (count: number) => short(count).map((method) => `/${'x'.repeat(200)}${method}`);
  type CountOf = (index: number, window: number) => number;

  /** Ten seconds in which each key sends so many requests for each method. */
  function busy(keys: number, methods: readonly string[], countOf: (index: number) => number = () => 100): Window {
    const requests = Object.fromEntries(methods.map((method, index) => [method, countOf(index)]));
    const counts = Array.from({ length: keys }, (_, key) => [
      `key-${key}`,
      { tier: 'premium', requests, throttled: 0 },
    ]);
    const cells = Object.entries(requests).map(([method, count]) => [method, cell({ requests: keys * count })]);
    return { ...NOTHING, cells: { premium: Object.fromEntries(cells) }, keys: Object.fromEntries(counts) };
  }
  const bytes = (demand: Load['demand']) => Buffer.byteLength(JSON.stringify(demand));
  const totalRps = (demand: Load['demand']) =>
    Object.values(demand)
      .flatMap(({ methods }) => Object.values(methods))
      .reduce((a, b) => a + b, 0);
  const named = (demand: Load['demand']) => Object.keys(demand['key-0']?.methods ?? {});

  test('names every method, and is exact, while 256 keys use 16 methods each', () => {
    const methods = Array.from({ length: 16 }, (_, index) => `/customers/orders-${index}/GET`);
    let demand = updateDemand(knowing({}), busy(256, methods), true, policy);
    demand = updateDemand(
      knowing(demand),
      busy(256, methods, () => 90),
      true,
      policy,
    );
    expect(Object.values(demand)).toHaveLength(256);
    expect(demand['key-0']?.methods).toEqual(Object.fromEntries(methods.map((method) => [method, 9.5])));
    expect(bytes(demand)).toBeLessThanOrEqual(STORED_BYTES);
  });

  test.each([true, false])('has the sum that exact demand has, whether it may fade (%s) or not', (isFading) => {
    const countOf: CountOf = (index, window) => 50 + ((index * 7 + window * 13) % 11) * 10;
    const sums = [short(60), long(60)].map((methods) => {
      let demand: Load['demand'] = {};
      for (let window = 0; window < 12; window++) {
        demand = updateDemand(
          knowing(demand),
          busy(40, methods, (index) => countOf(index, window)),
          isFading,
          policy,
        );
        expect(bytes(demand)).toBeLessThanOrEqual(STORED_BYTES);
      }
      expect(named(demand).includes(STAGE_DEFAULT)).toBe(methods[0] !== short(1)[0]);
      return totalRps(demand);
    });
    const [exact = 0, stored = 0] = sums;
    const askedRps = 40 * 60 * 10;
    expect(stored).toBeGreaterThan(0.98 * askedRps);
    expect(stored).toBeLessThan(1.02 * exact);
  });

  test('keeps the names of the methods that cost most', () => {
    const methods = long(60);
    const costly = methods[50] ?? '';
    const rules = { ...policy, methodCost: { [costly]: 20 } };
    const demand = updateDemand(knowing({}), busy(40, methods), true, rules);
    expect(named(demand)).toContain(costly);
    expect(named(demand).length).toBeLessThan(40);
    expect(demand['key-7']?.methods[costly]).toBe(10);
  });

  test('has names for all methods again when few keys are left', () => {
    const many = updateDemand(knowing({}), busy(40, long(60)), true, policy);
    expect(named(many).length).toBeLessThan(40);
    const few = updateDemand(knowing({ 'key-0': many['key-0'] ?? asking(0) }), busy(1, long(60)), true, policy);
    expect(named(few)).toEqual(expect.arrayContaining(long(60)));
    expect(totalRps(few)).toBeCloseTo(600, 6);
  });

  test('keeps the busiest of thousands of keys', () => {
    const demand = updateDemand(knowing({}), busy(3000, long(2)), true, tracking(10_000));
    expect(bytes(demand)).toBeLessThanOrEqual(STORED_BYTES);
    expect(Object.keys(demand).length).toBeGreaterThan(1000);
  });

  test('has the same sum when it is first bound in a window that tells nothing', () => {
    const names = Array.from({ length: 300 }, (_, index) => `/customers/orders-${index}/GET`);
    const methods = Object.fromEntries(names.map((name) => [name, 0.1]));
    const keys = Array.from({ length: 200 }, (_, index) => [`key-${index}`, asking(30, { methods })] as const);
    const next = updateDemand(knowing(Object.fromEntries(keys)), NOTHING, false, policy);
    expect(bytes(next)).toBeLessThanOrEqual(STORED_BYTES);
    expect(totalRps(next)).toBeCloseTo(200 * 30, -1);
  });

  test('does not grow while answers are held up and the window names other methods each time', () => {
    const names = Array.from({ length: 300 }, (_, index) => `/customers/orders-${index}/GET`);
    let demand: Load['demand'] = {};
    for (let window = 0; window < 8; window++)
      demand = updateDemand(
        knowing(demand),
        busy(50, names, (index) => 1 + (index % 3)),
        false,
        policy,
      );
    // Two requests of each key for each method in ten seconds.
    expect(totalRps(demand)).toBeGreaterThan(0.9 * 50 * 60);
    expect(totalRps(demand)).toBeLessThan(1.01 * 50 * 60);
  });
});
