import { type DemandEntry, initialState, type MemoryState } from '../../../shared/law/state.ts';
import { faded, highest, remember } from '../../../shared/law/telling/memory.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { type CellSketch, cell, logWindow, minuteWindow } from '../../support/builders/window-sketch.ts';

const GET = '/data/GET';
const LIVE = { stage: {}, tiers: {} };

const policy = policySchema.parse({
  api: 'a1/dev',
  methodCost: { '/orders/POST': 4 },
  objective: { latencyPercentile: 90, latencyMs: 500, errorShare: 0.05 },
  tracker: { watchFactor: 1.4, congestedFactor: 3.5, severeFactor: 10, objectiveShare: 0.5, minimumSamples: 20 },
  demand: { halfLifeSeconds: 10, attemptsLostShare: 0.05 },
});

function memoryWith(change: Partial<MemoryState>): MemoryState {
  return { ...initialState(LIVE, 0, 0.02, 120).memory, healthyLatencyMs: 200, ...change };
}

/** Ten seconds of one tier. */
const seconds = (sketch: CellSketch, startMs = 600_000) => logWindow(startMs, { premium: sketch });
/** What the memory is after that, by default without a limit that binds. */
const learned = (memory: Partial<MemoryState>, window = seconds({ requests: 1000 }), isBinding = false) =>
  remember(memoryWith(memory), window, isBinding, policy);

describe('marks fade with their half-life, here 100 s', () => {
  const mark = { cups: 80, atMs: 500_000 };

  test.each([
    ['as it was at its own time', 500_000, 80],
    ['half of it a half-life later', 600_000, 40],
    ['no more than it was, asked for an earlier time', 400_000, 80],
  ])('%s', (_, now, expected) => {
    expect(faded(mark, now, 100)).toBe(expected);
  });

  test('no mark is worth nothing', () => {
    expect(faded(null, 600_000, 100)).toBe(0);
  });

  test.each([
    ['a rate above what is left of it takes its place', 41, 600_000, { cups: 41, atMs: 600_000 }],
    ['a rate of just what is left of it renews it', 40, 600_000, { cups: 40, atMs: 600_000 }],
    ['a lower rate leaves it as it was', 39, 600_000, mark],
    ['a rate of an earlier time meets the whole of it', 100, 400_000, { cups: 100, atMs: 400_000 }],
  ])('%s', (_, cups, atMs, expected) => {
    expect(highest(mark, cups, atMs, 100)).toEqual(expected);
  });

  test('the first rate is a mark, even if it is nothing', () => {
    expect(highest(null, 0, 600_000, 100)).toEqual({ cups: 0, atMs: 600_000 });
  });
});

describe('when something was last known', () => {
  const before = { lastWindowEndMs: 100_000, lastNewsMs: 605_000, lastLogEndMs: 100_000 };
  const timesOf = ({ lastWindowEndMs, lastNewsMs, lastLogEndMs }: MemoryState) => ({
    lastWindowEndMs,
    lastNewsMs,
    lastLogEndMs,
  });

  test('is the end of the window, for the log as well where it comes from there', () => {
    expect(timesOf(learned(before).memory)).toEqual({
      lastWindowEndMs: 610_000,
      lastNewsMs: 610_000,
      lastLogEndMs: 610_000,
    });
  });

  test('is later than a window from before the first tick, and minutes are no news of the log', () => {
    const { memory } = learned(before, minuteWindow(540_000, { requests: 6000 }));
    expect(timesOf(memory)).toEqual({ lastWindowEndMs: 600_000, lastNewsMs: 605_000, lastLogEndMs: 100_000 });
  });
});

describe('what is asked for', () => {
  const entry = (tier: string, rps: number): DemandEntry => ({
    tier,
    count: 1,
    methods: { [GET]: rps },
    wantedRps: rps,
  });
  const demand = { of: entry('premium', 40), every: entry('all', 60) };

  test('by tiers makes what minutes knew of the same requests forgotten', () => {
    const { memory } = learned({ demand }, logWindow(600_000, {}));
    expect(memory.demand).toEqual({ of: entry('premium', 20) });
  });

  test('by minutes makes what was known of tiers forgotten', () => {
    // A minute is six half-lives.
    const { memory } = learned({ demand }, { ...minuteWindow(600_000, { requests: 0 }), cells: {} });
    expect(memory.demand).toEqual({ every: entry('all', 60 / 64) });
  });

  test.each([
    ['falls while the backend is healthy', 'healthy', 200, 0, 20],
    ['falls while the backend is slower than it should be', 'watch', 400, 0, 20],
    ['does not fall while answers are held up', 'congested', 600, 0, 40],
    ['does not fall while answers are held up and fail', 'severe', 600, 900, 40],
    ['falls while answers fail in time', 'erring', 200, 900, 20],
  ] as const)('%s', (_, expected, latencyMs, serverErrors, rps) => {
    const { memory, health } = learned({ demand }, seconds({ requests: 1000, latencyMs, serverErrors }));
    expect(health).toBe(expected);
    expect(memory.demand.of?.methods[GET]).toBe(rps);
  });

  test('tells how often clients try once some of it is lost', () => {
    expect(learned({}).memory.attempts).toEqual({});
    expect(learned({}, seconds({ requests: 1000, throttled: 500 })).memory.attempts.premium?.weight).toBe(1);
  });

  test('has a mean cost, which an idle window leaves as it was', () => {
    const cells = { premium: { [GET]: cell({ requests: 300 }), '/orders/POST': cell({ requests: 100 }) } };
    const { memory } = learned({ meanCost: 2 }, { ...seconds({ requests: 400 }), cells });
    expect(memory.meanCost).toBe((300 + 4 * 100) / 400);
    expect(learned({ meanCost: 2 }, logWindow(600_000, {})).memory.meanCost).toBe(2);
  });

  test('the mean cost is that of the minutes’ one method', () => {
    const window = { ...minuteWindow(600_000, { requests: 0 }), cells: { all: { all: cell({ requests: 6000 }) } } };
    const { signals, memory } = learned({ meanCost: 2 }, window);
    expect(signals.total.offeredCups).toBe(200);
    expect(memory.admittedCups).toBe(200);
  });
});

describe('what a tier usually asks for', () => {
  const usual = { premium: 200 };
  const calm = seconds({ requests: 1000 });

  test('is at first what it asks for, then the mean of ten minutes', () => {
    expect(learned({}, calm).memory.usual).toEqual({ premium: 100 });
    const kept = 0.5 ** (10 / 600);
    expect(learned({ usual }, calm).memory.usual.premium).toBeCloseTo(200 * kept + 100 * (1 - kept), 9);
  });

  test('of a tier that is silent stays as it was', () => {
    expect(learned({ usual: { ...usual, basic: 7 } }, calm).memory.usual.basic).toBe(7);
  });

  test.each([
    ['while a limit binds', calm, true],
    ['while more is refused than in calm', seconds({ requests: 1000, throttled: 11 }), false],
    ['while answers are slow', seconds({ requests: 1000, latencyMs: 400 }), false],
    ['from minutes, which know no tiers', minuteWindow(600_000, { requests: 1000 }), false],
  ])('is not learned %s', (_, window, isBinding) => {
    expect(learned({ usual }, window, isBinding).memory.usual).toBe(usual);
  });

  test('is learned where hardly anything is refused', () => {
    expect(learned({ usual }, seconds({ requests: 1000, throttled: 10 })).memory.usual).not.toBe(usual);
  });
});
