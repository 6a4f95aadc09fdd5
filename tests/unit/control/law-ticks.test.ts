import { law } from '../../../shared/law/law.ts';
import type { LawState, MemoryState, TrackerState } from '../../../shared/law/state.ts';
import type { LawInput } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { inputOf, RESTING, stateOf } from '../../support/builders/law-input.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { type CellSketch, logWindow, minuteWindow } from '../../support/builders/window-sketch.ts';

const NOW = 780_000;
const SECTIONS = {
  guard: {
    leastBaselineShare: 0.4,
    warmUpSeconds: 30,
    calmThrottledShare: 0.01,
    demandRoomFactor: 1.1,
    lowerBelowShare: 0.7,
  },
};
const policy = roundPolicy(SECTIONS);
/** What the windows of `cell` show where every answer takes 200 ms: nine tenths through its bucket. */
const HEALTHY_MS = 196;

interface Case {
  readonly tracker?: Partial<TrackerState>;
  readonly memory?: Partial<MemoryState>;
  readonly state?: Partial<LawState>;
  readonly input?: Partial<LawInput<LawState>>;
}

const limitsAt = (stageRps: number, premiumRps = 500): Limits => ({
  stage: { '*/*': { rateRps: stageRps, burst: 25 } },
  tiers: { ...RESTING.tiers, premium: { rateRps: premiumRps, burst: 1250 } },
});

/** A total of 400 has been in force at the stage since ever; the last window was seen 20 s ago. */
function tick(windows: readonly Window[], { tracker, memory, state, input }: Case = {}) {
  const live = limitsAt(400);
  const since = { stageSinceMs: 0, plansSinceMs: 0 };
  const news = { lastWindowEndMs: 700_000, lastNewsMs: 760_000, lastLogEndMs: 760_000 };
  const before = stateOf({
    tracker: trackerOf({ totalCups: 400, goodCups: 400, isKneeTold: false, ...since, ...tracker }),
    memory: { ...stateOf().memory, healthyLatencyMs: HEALTHY_MS, ...news, ...memory },
    desired: live,
    ...state,
  });
  return { before, ...law(inputOf({ state: before, windows, live, policy, ...input })) };
}

const premium = (startMs: number, sketch: CellSketch) => logWindow(startMs, { premium: sketch });
/** 400 of 600 a second are admitted: contended, and the total binds. */
const bound = (change: Partial<CellSketch> = {}) =>
  premium(760_000, { requests: 6000, throttled: 2000, latencyMs: 200, ...change });
const calm = (startMs = 760_000, rps = 100) => premium(startMs, { requests: 10 * rps, latencyMs: 200 });
const slow = (startMs = 760_000) => premium(startMs, { requests: 4000, latencyMs: 900 });
const thin = (startMs = 760_000) => premium(startMs, { requests: 5, latencyMs: 200 });

describe('the first tick', () => {
  test('begins with the steps that the policy names, and with what is live', () => {
    const given = roundPolicy({ tracker: { firstProbeShare: 0.03, badAgeSeconds: 90 } });
    const { state, conclusion, desired } = law(inputOf({ policy: given }));
    expect(conclusion.rule).toBe('first-look');
    expect(state.tracker).toMatchObject({ probeShare: 0.03, badAgeSeconds: 90 });
    expect(state.memory).toMatchObject({ lastNewsMs: NOW, lastLogEndMs: NOW });
    expect(desired.tiers).toEqual(RESTING.tiers);
  });

  test('decides on a window that is there already', () => {
    const { state } = law(inputOf({ policy, windows: [slow()] }));
    expect(state.tracker).toMatchObject({ phase: 'drain', goodCups: 360 });
  });
});

describe('of several windows', () => {
  const ageOf = (windows: readonly Window[]) => {
    const { conclusion, state } = tick(windows);
    return { rule: conclusion.rule, age: conclusion.estimates.windowAgeSeconds, endMs: state.memory.lastWindowEndMs };
  };

  test.each([
    ['the newest is the evidence', [slow(750_000), calm()], 'at-rest', 10],
    ['the newest is the evidence, whatever the order', [calm(), slow(750_000)], 'at-rest', 10],
    ['one with too few answers does not hide what the one before said', [slow(750_000), thin()], 'congested-cut', 20],
    ['one that says something counts after one with too few answers', [thin(750_000), slow()], 'congested-cut', 10],
    ['the newest counts where none says anything', [thin(750_000), thin()], 'too-few-answers', 10],
  ])('%s', (_, windows, rule, age) => {
    expect(ageOf(windows)).toEqual({ rule, age, endMs: 770_000 });
  });

  test('all are remembered, on top of what was', () => {
    const { state } = tick([calm(740_000), calm(750_000), calm()], { memory: { healthySeconds: 100 } });
    expect(state.memory.healthySeconds).toBe(130);
  });

  test('minutes count only when the log has been silent for the time that the policy names', () => {
    const minute = minuteWindow(680_000, { requests: 24_000, latencyMs: 3000 });
    const memory = (silentMs: number) => ({ lastWindowEndMs: 0, lastLogEndMs: NOW - silentMs });
    expect(tick([minute], { memory: memory(120_000) }).conclusion.rule).toBe('no-news');
    expect(tick([minute], { memory: memory(120_001) }).conclusion.kind).toBe('brake');
  });
});

describe('a total that binds', () => {
  test('goes up, and the stage with it, however small the step', () => {
    const { state, desired, conclusion } = tick([bound()], { state: { isContended: true } });
    expect(conclusion).toMatchObject({ kind: 'probe', rule: 'probe' });
    expect(state.tracker.totalCups).toBeCloseTo(408);
    expect(desired.stage['*/*']?.rateRps).toBeCloseTo(408);
    expect(state.changes).toEqual([{ atMs: NOW, direction: 'up' }]);
  });

  test('that stands leaves the stage alone while the change would be small', () => {
    const live = limitsAt(380);
    const cooling = { tracker: { lastActionMs: NOW - 10_000 }, state: { isContended: true, desired: live } };
    const { desired, conclusion, state } = tick([bound()], { ...cooling, input: { live } });
    expect(desired.stage).toEqual(live.stage);
    expect(conclusion.rule).not.toBe('guard-sized');
    expect(state.changes).toEqual([]);
  });

  test('does not teach what is healthy, for it may be the queue of a full backend', () => {
    const slower = bound({ latencyMs: 240 });
    expect(tick([slower], { state: { isContended: true } }).state.memory.healthyLatencyMs).toBe(HEALTHY_MS);
    expect(tick([slower]).state.memory.healthyLatencyMs).toBeGreaterThan(HEALTHY_MS);
  });

  test('whose action was this tick’s has no effect yet', () => {
    const { state } = tick([bound()], { state: { isContended: true } });
    expect(state.tracker).toMatchObject({ lastActionMs: NOW, stageSinceMs: null, plansSinceMs: null });
  });

  test('whose action is older keeps the time since when it has been in force', () => {
    const { state } = tick([thin()], { tracker: { stageSinceMs: null, lastActionMs: 5 } });
    expect(state.tracker).toMatchObject({ stageSinceMs: 5, plansSinceMs: 0 });
  });

  test('is shared out, and the plans to be written are named', () => {
    const both = { premium: { requests: 5000, throttled: 2000 }, basic: { requests: 1000 } };
    const { state, desired, planOrder, conclusion } = tick([logWindow(760_000, both)], { tracker: { totalCups: 300 } });
    expect(state).toMatchObject({ version: 4, isContended: true, desired, planOrder, lastKind: conclusion.kind });
    expect(desired.tiers.premium?.rateRps).toBeLessThan(500);
    expect(planOrder).toContain('premium');
  });

  test('knows from minutes only how many keys there are, and shares the total out evenly', () => {
    const minute = minuteWindow(680_000, { requests: 36_000, throttled: 12_000, latencyMs: 200 });
    const silent = { lastWindowEndMs: 0, lastLogEndMs: NOW - 300_000 };
    const tiers = { premium: { weight: 4 }, basic: { weight: 1 } };
    const given = roundPolicy({ ...SECTIONS, tiers, minutes: { shortageShare: 0.1, evenFactor: 1 } });
    const { desired } = tick([minute], {
      tracker: { lastActionMs: NOW - 10_000 },
      memory: silent,
      state: { isContended: true },
      input: { policy: given, keyCounts: { premium: 3, basic: 10 } },
    });
    expect(desired.tiers.basic?.rateRps).toBe(400 / 5 / 10);
  });
});

describe('the end of contention', () => {
  const ended = (isContended: boolean) =>
    tick([calm(760_000, 300)], { state: { isContended }, memory: { healthySeconds: 1000 } });

  test('returns the plans to their baselines and the stage to what it may be', () => {
    const { desired, state, conclusion } = ended(true);
    expect(conclusion).toMatchObject({ kind: 'restore', rule: 'back-to-rest' });
    expect(state.isContended).toBe(false);
    expect(desired.tiers).toEqual(RESTING.tiers);
  });

  test('rewrites the stage; the same demand at rest does not', () => {
    const off = limitsAt(370);
    const at = (isContended: boolean) =>
      tick([calm(760_000, 300)], {
        state: { isContended, desired: off },
        memory: { healthySeconds: 1000 },
        input: { live: off },
      }).desired.stage['*/*']?.rateRps;
    expect(at(true)).toBeGreaterThan(370);
    expect(at(false)).toBe(370);
  });
});

describe('what enforcement really does', () => {
  const over = bound({ throttled: 1800 });

  test('is learned under a total that stood', () => {
    const { state } = tick([over], { state: { isContended: true } });
    // 420 were admitted under 400; a fifth of that is learned.
    expect(state.memory.slack).toBeCloseTo(1.01);
  });

  test('is not learned under a guard that becomes the total in this tick', () => {
    const rested = { healthySeconds: 1000, confirmed: { cups: 100, atMs: NOW } };
    const { state } = tick([over], { tracker: { totalCups: null }, memory: rested });
    expect(state.tracker.totalCups).toBe(400);
    expect(state.memory.slack).toBe(1);
  });

  test('is learned of plans that are cut, where the stage left them alone', () => {
    const cut = limitsAt(400, 100);
    // 90 admitted of the 100 that the plan would let through; the gain is the policy's.
    const filled = premium(760_000, { requests: 6000, throttled: 5100, latencyMs: 200 });
    const { state } = tick([filled], { state: { isContended: true, desired: cut }, input: { live: cut } });
    expect(state.memory.fill.premium).toBeCloseTo(1 + policy.demand.fillGainShare * (0.9 - 1));
  });

  test('a cut of a plan that has yet to take effect does not count', () => {
    const cut = limitsAt(400, 100);
    const effective = { stageMs: 0, tiersMs: { premium: NOW + 1 } };
    const { state } = tick([bound()], { state: { isContended: true }, input: { live: cut, effective } });
    expect(state.inForce.premium?.rateRps).toBe(500);
  });
});

describe('outside enforce mode', () => {
  const cut = { phase: 'drain', lastAction: 'cut', drainUntilMs: NOW + 60_000 } as const;
  const at = (lastActionMs: number, mode: 'shadow' | 'enforce', change: Partial<TrackerState> = {}) =>
    tick([calm()], {
      tracker: { ...cut, lastActionMs, stageSinceMs: null, ...change },
      input: { policy: roundPolicy({ ...SECTIONS, mode }), effective: { stageMs: NOW, tiersMs: {} } },
    }).state.tracker;

  test('a minute after an action it decides afresh', () => {
    expect(at(700_000, 'shadow')).toMatchObject({ totalCups: null, phase: 'hold', lastAction: 'none' });
  });

  test.each([
    ['not sooner', 700_001, 'shadow'],
    ['not in enforce mode', 700_000, 'enforce'],
  ] as const)('%s', (_, lastActionMs, mode) => {
    expect(at(lastActionMs, mode)).toMatchObject({ totalCups: 400, phase: 'drain', lastAction: 'cut' });
  });

  test('without a total there is nothing to begin afresh', () => {
    expect(at(700_000, 'shadow', { totalCups: null, phase: 'hold' }).lastAction).toBe('cut');
  });
});
