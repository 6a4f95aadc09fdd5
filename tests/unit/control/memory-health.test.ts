import { initialState, type MemoryState } from '../../../shared/law/state.ts';
import { remember } from '../../../shared/law/telling/memory.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { type CellSketch, cell, logWindow, minuteWindow } from '../../support/builders/window-sketch.ts';

const parsed = policySchema.parse({
  api: 'a1/dev',
  objective: { latencyMs: 1000, errorShare: 0.1 },
  tracker: {
    minimumSamples: 20,
    watchFactor: 1.4,
    congestedFactor: 3.5,
    objectiveShare: 0.5,
    kneeFactor: 2,
    headroomHalfLifeSeconds: 10,
    healthyHalfLifeSeconds: 30,
    healthyFallHalfLifeSeconds: 10,
  },
  guard: { calmThrottledShare: 0.01, confirmedMemorySeconds: 600 },
});
/** The 100th percentile is the upper bound of the last bucket with answers: exact numbers. */
const policy = { ...parsed, objective: { ...parsed.objective, latencyPercentile: 100 } };

function memoryWith(change: Partial<MemoryState>): MemoryState {
  return { ...initialState({ stage: {}, tiers: {} }, 0, 0.02, 120).memory, healthyLatencyMs: 200, ...change };
}

/** Ten seconds of one tier. */
const seconds = (sketch: CellSketch) => logWindow(600_000, { premium: sketch });
const SILENT = logWindow(600_000, {});
const SOME = { requests: 1000, latencyMs: 200 };

const memoryAfter = (memory: Partial<MemoryState>, window = seconds(SOME), isBinding = false) =>
  remember(memoryWith(memory), window, isBinding, policy).memory;

describe('the healthy latency', () => {
  const healthyAfter = (healthyLatencyMs: number | null, latencyMs: number, isBinding = false) =>
    memoryAfter({ healthyLatencyMs }, seconds({ requests: 1000, latencyMs }), isBinding).healthyLatencyMs;

  test('is at first that of the first healthy window', () => {
    expect(healthyAfter(null, 250)).toBe(250);
  });

  test('falls with its short half-life, here the length of the window, whether a limit binds or not', () => {
    expect(healthyAfter(250, 200)).toBeCloseTo(225, 9);
    expect(healthyAfter(250, 200, true)).toBeCloseTo(225, 9);
  });

  test('rises with its long half-life, here three windows', () => {
    const kept = 0.5 ** (10 / 30);
    expect(healthyAfter(200, 250)).toBeCloseTo(200 * kept + 250 * (1 - kept), 9);
  });

  test('does not rise while a limit binds: it must not learn the queue of a full backend', () => {
    expect(healthyAfter(200, 250, true)).toBe(200);
  });

  test('is not learned from windows that are not healthy', () => {
    expect(healthyAfter(200, 400)).toBe(200);
    expect(memoryAfter({}, seconds({ requests: 10, latencyMs: 100 })).healthyLatencyMs).toBe(200);
  });

  test('stays where answers have no latency', () => {
    const cells = { premium: { '/data/GET': { ...cell(SOME), latency: [] } } };
    expect(memoryAfter({}, { ...seconds(SOME), cells }).healthyLatencyMs).toBe(200);
  });
});

describe('latency', () => {
  test('is that of the newest window, and grows by so many seconds in each', () => {
    const { latencyMs, latencyGrowth } = memoryAfter({ latencyMs: 400 }, seconds({ requests: 1000, latencyMs: 800 }));
    expect(latencyMs).toBe(800);
    // 0.4 s more after ten seconds.
    expect(latencyGrowth).toBeCloseTo(0.04, 9);
  });

  test('has not grown in the first window', () => {
    expect(memoryAfter({ latencyMs: null })).toMatchObject({ latencyMs: 200, latencyGrowth: 0 });
  });

  test('is remembered through a window without answers', () => {
    expect(memoryAfter({ latencyMs: 400 }, SILENT)).toMatchObject({ latencyMs: 400, latencyGrowth: 0 });
    expect(memoryAfter({ latencyMs: null }, SILENT)).toMatchObject({ latencyMs: null, latencyGrowth: 0 });
  });
});

test.each([
  ['halves towards what is left of the way to the knee, 400 ms', 200, 250, 1, (1 + 0.75) / 2],
  ['goes by the healthy latency of before the window', 250, 200, 0.5, (0.5 + 1) / 2],
  ['is whole again as slowly', 200, 200, 0, 0.5],
])('headroom %s', (_, healthyLatencyMs, latencyMs, headroom, expected) => {
  const memory = memoryAfter({ healthyLatencyMs, headroom }, seconds({ requests: 1000, latencyMs }));
  expect(memory.headroom).toBeCloseTo(expected, 9);
});

describe('the time for which the backend was healthy', () => {
  test.each([
    ['grows by a healthy window', seconds(SOME), 100 + 10],
    ['grows by a minute', minuteWindow(600_000, { requests: 6000 }), 100 + 60],
    ['grows by few answers, none of which speaks against it', seconds({ requests: 10 }), 100 + 10],
    ['grows by few answers with just the errors that are allowed', seconds({ requests: 10, serverErrors: 1 }), 110],
    ['does not grow by few answers with more errors', seconds({ requests: 10, serverErrors: 2 }), 100],
    ['does not grow without answers', SILENT, 100],
    ['does not grow while slower than healthy', seconds({ requests: 1000, latencyMs: 400 }), 100],
    ['does not grow while answers fail', seconds({ requests: 1000, serverErrors: 200 }), 100],
  ])('%s', (_, window, expected) => {
    expect(memoryAfter({ healthySeconds: 100 }, window).healthySeconds).toBe(expected);
  });
});

describe('the highest healthy rate', () => {
  const old = { cups: 40, atMs: 600_000 };
  const confirmedAfter = (sketch: CellSketch, memory: Partial<MemoryState> = {}, isBinding = false) =>
    memoryAfter({ confirmed: old, admittedCups: 500, ...memory }, seconds(sketch), isBinding).confirmed;

  test('is what two windows in a row admitted: that was no chance', () => {
    expect(confirmedAfter(SOME)).toEqual({ cups: 100, atMs: 610_000 });
    expect(confirmedAfter(SOME, { admittedCups: 70 })).toEqual({ cups: 70, atMs: 610_000 });
    expect(confirmedAfter(SOME, { admittedCups: 30 })).toBe(old);
  });

  test('is what one whole minute admitted', () => {
    const window = minuteWindow(540_000, { requests: 6000 });
    expect(memoryAfter({ confirmed: null, admittedCups: 70 }, window).confirmed).toEqual({ cups: 100, atMs: 600_000 });
  });

  test('fades with the memory of the guard', () => {
    const older = { cups: 180, atMs: 610_000 - 600_000 };
    expect(confirmedAfter(SOME, { confirmed: older })).toEqual({ cups: 100, atMs: 610_000 });
    expect(confirmedAfter({ requests: 800 }, { confirmed: older })).toBe(older);
  });

  test('is not what a limit lets through of a surge at first, unless it binds because we search with it', () => {
    const surge = { requests: 1000, throttled: 20 };
    expect(confirmedAfter(surge)).toBe(old);
    expect(confirmedAfter(surge, {}, true)).toEqual({ cups: 98, atMs: 610_000 });
    expect(confirmedAfter({ requests: 1000, throttled: 10 })).toEqual({ cups: 99, atMs: 610_000 });
  });

  test('is not learned where the backend is slow, or errs', () => {
    expect(confirmedAfter({ requests: 1000, latencyMs: 400 })).toBe(old);
    expect(confirmedAfter({ requests: 1000, serverErrors: 200 }, {}, true)).toBe(old);
    expect(confirmedAfter({ requests: 10, serverErrors: 2 }, { confirmed: null })).toBeNull();
  });

  test('may be that of few answers', () => {
    expect(confirmedAfter({ requests: 10 }, { confirmed: null })).toEqual({ cups: 1, atMs: 610_000 });
  });
});
