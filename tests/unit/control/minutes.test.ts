import type { Situation } from '../../../shared/control/limits.ts';
import { minuteSplit } from '../../../shared/control/minute-split.ts';
import { minuteTiers } from '../../../shared/control/minute-tiers.ts';
import { learnFromMinute, minuteDrain, minuteEstimate, minuteRaise } from '../../../shared/control/minutes.ts';
import { readSignals } from '../../../shared/control/signals.ts';
import { initialState, type TrackerState } from '../../../shared/control/state.ts';
import type { Evidence } from '../../../shared/control/step.ts';
import { policySchema } from '../../../shared/policy/schema.ts';
import { minuteWindow } from '../../../shared/telemetry/metric-windows.ts';
import { evidenceOf } from '../../support/plant/evidence.ts';

const policy = policySchema.parse({ api: 'a1/dev', methodCost: { '/orders/POST': 4 } });
const RESTING = {
  premium: { rateRps: 500, burst: 1250 },
  standard: { rateRps: 125, burst: 250 },
  basic: { rateRps: 25, burst: 50 },
};
const LIVE = { stage: { '*/*': { rateRps: 500, burst: 25 } }, tiers: RESTING };

function minute(requests: number, answered: number, latencyP90Ms = 240, orders = 0) {
  const stage = { requests, answered, serverErrors: 0, latencyP90Ms, latencyAverageMs: latencyP90Ms * 0.8 };
  const named = { '/orders/POST': { requests: orders, answered: orders, serverErrors: 0 } };
  return readSignals(minuteWindow(600_000, stage, named), policy, 1);
}

const evidence = (change: Partial<Evidence>): Evidence => evidenceOf(minute(24_000, 24_000), change);

function tracker(change: Partial<TrackerState>): TrackerState {
  return { ...initialState(LIVE, 0, 0.02, 120).tracker, ...change };
}

describe('the drain on minute metrics', () => {
  test('lasts until the next look and is shallow', () => {
    const shallow = minuteDrain(evidence({ signals: minute(24_000, 24_000, 840) }), policy);
    expect(shallow.seconds).toBeLessThan(60);
    expect(shallow.depth).toBeCloseTo(0.1, 1);
    expect(minuteDrain(evidence({ signals: minute(24_000, 24_000, 20_000) }), policy).depth).toBe(0.3);
  });
});

describe('what a congested minute says of the capacity', () => {
  test('completions, by the cost of each method', () => {
    const congested = evidence({ signals: minute(24_000, 24_000, 3500, 6000), isFresh: true });
    expect(minuteEstimate(700, congested, false, policy)).toBeCloseTo(0.965 * (300 + 400), 0);
  });

  test('the first is half healthy on average: the cut goes by its other half', () => {
    const first = evidence({ signals: minute(24_000, 18_000, 3500), confirmed: { cups: 400, atMs: 0 } });
    expect(minuteEstimate(700, first, true, policy)).toBeCloseTo(0.965 * 200, 0);
    expect(minuteEstimate(700, first, false, policy)).toBeCloseTo(0.965 * 300, 0);
    const more = { ...first, confirmed: { cups: 250, atMs: 0 } };
    expect(minuteEstimate(700, more, true, policy)).toBeCloseTo(0.965 * 300, 0);
    expect(minuteEstimate(700, { ...first, confirmed: null }, true, policy)).toBeCloseTo(0.965 * 300, 0);
  });

  test('bug: the healthy half was taken to have served more than its minute asked for, and the first cut went too deep', () => {
    const fallen = evidence({ signals: minute(24_000, 20_000, 3500), confirmed: { cups: 900, atMs: 0 } });
    expect(minuteEstimate(700, fallen, true, policy)).toBeCloseTo(0.965 * (2 * (20_000 / 60) - 400), 0);
  });

  test('no less than the guard that was written meanwhile, where far more arrived than that', () => {
    const before = evidence({ signals: minute(60_000, 24_000, 3500), guardCups: 450 });
    expect(minuteEstimate(900, before, false, policy)).toBe(450);
    expect(minuteEstimate(460, before, false, policy)).toBeCloseTo(386, 0);
    expect(minuteEstimate(900, { ...before, isFresh: true }, false, policy)).toBeCloseTo(386, 0);
  });

  test('a later minute from before the cut corrects the first, which held the onset; one after the cut does not', () => {
    const cut = tracker({ phase: 'hold', lastAction: 'drained', totalCups: 300, goodCups: 300 });
    const whole = evidence({ health: 'congested', signals: minute(24_000, 12_000, 3500) });
    const corrected = learnFromMinute({ ...cut, bad: { cups: 400, atMs: 700_000 } }, whole, policy);
    expect(corrected.goodCups).toBeCloseTo(193, 0);
    expect(corrected.totalCups).toBe(corrected.goodCups);
    const draining = learnFromMinute({ ...cut, phase: 'drain', bad: { cups: 400, atMs: 700_000 } }, whole, policy);
    expect([draining.goodCups, draining.totalCups]).toEqual([corrected.goodCups, 300]);
    expect(learnFromMinute({ ...cut, bad: { cups: 400, atMs: 620_000 } }, whole, policy).totalCups).toBe(300);
  });
});

describe('the way back on minute metrics', () => {
  const plateau = { cups: 400, atMs: 0 };

  test('goes by thirds to nine tenths of the plateau', () => {
    expect(minuteRaise(tracker({ totalCups: 240, plateau }), evidence({}), policy)).toBeCloseTo(280, 0);
    expect(minuteRaise(tracker({ totalCups: 120, plateau }), evidence({}), policy)).toBeCloseTo(144, 0);
  });

  test('slows down towards the knee, and ends there, or below what failed', () => {
    const nearKnee = evidence({ signals: minute(24_000, 24_000, 285) });
    expect(minuteRaise(tracker({ totalCups: 240, plateau }), nearKnee, policy)).toBeLessThan(265);
    expect(minuteRaise(tracker({ totalCups: 380, plateau }), nearKnee, policy)).toBeUndefined();
    const bad = { cups: 400, atMs: 0 };
    expect(minuteRaise(tracker({ totalCups: 379, plateau, bad }), evidence({}), policy)).toBeUndefined();
    expect(minuteRaise(tracker({ totalCups: 380, plateau }), evidence({}), policy)).toBeCloseTo(425.6, 0);
  });
});

describe('the plans on minute metrics', () => {
  const input = {
    state: undefined,
    windows: [],
    live: LIVE,
    effective: { stageMs: 0, tiersMs: {} },
    policy,
    baseline: { stage: { rateRps: 500, burst: 250 }, tiers: RESTING },
    keyCounts: { premium: 30, standard: 60, basic: 100 },
    now: 780_000,
  };
  const shortage = {
    input,
    before: RESTING,
    totalCups: 420,
    meanCost: 1,
    signals: minute(60_000, 25_000),
    isDraining: false,
  };

  test('give each tier its part by weight, evenly to its keys; the greatest weight is left alone', () => {
    const tiers = minuteTiers(shortage);
    expect(tiers.premium).toEqual(RESTING.premium);
    expect(tiers.standard?.rateRps).toBeCloseTo((420 * 2) / 7 / 60, 1);
    expect(tiers.basic?.rateRps).toBeCloseTo(420 / 7 / 100, 1);
  });

  test('stay as they are where few are refused, or nobody knows how many keys there are', () => {
    expect(minuteTiers({ ...shortage, signals: minute(26_000, 25_000) })).toEqual(RESTING);
    const { keyCounts, ...blind } = input;
    expect(minuteTiers({ ...shortage, input: blind })).toEqual(RESTING);
  });

  test('are raised where they let through less than the total, once that was lived under them', () => {
    const before = { ...RESTING, standard: { rateRps: 8, burst: 24 }, basic: { rateRps: 20, burst: 50 } };
    const low = { ...shortage, before, signals: minute(60_000, 20_000) };
    const raised = minuteTiers(low);
    expect(raised.standard?.rateRps).toBeCloseTo(8 * (333.3 / 420) ** -3, 0);
    expect(raised.basic).toEqual(RESTING.basic);
    expect(minuteTiers({ ...low, signals: minute(60_000, 25_000) })).toEqual(before);
    expect(minuteTiers({ ...low, isDraining: true })).toEqual(before);
    const later = { ...input, effective: { stageMs: 0, tiersMs: { basic: 640_000 } } };
    expect(minuteTiers({ ...low, input: later })).toEqual(before);
  });
});

describe('the split between methods where minutes tell what cut plans let through', () => {
  const stage = { '*/*': { rateRps: 270, burst: 25 }, '/orders/POST': { rateRps: 41, burst: 25 } };
  /** 350 and 41 rps asked for; the backend answered `reads` and `orders` requests a second. */
  function situation(reads: number, orders: number, stageMs = 0): Situation {
    const named = { '/orders/POST': { requests: 41 * 60, answered: orders * 60, serverErrors: 0 } };
    const all = { requests: 391 * 60, answered: (reads + orders) * 60, serverErrors: 0 };
    const window = minuteWindow(600_000, { ...all, latencyP90Ms: 240, latencyAverageMs: 200 }, named);
    const state = initialState(LIVE, 0, 0.02, 120);
    const limits = { stage, tiers: { ...RESTING, basic: { rateRps: 2, burst: 20 } } };
    return {
      input: {
        state,
        windows: [],
        live: limits,
        effective: { stageMs, tiersMs: {} },
        policy,
        baseline: { stage: { rateRps: 500, burst: 250 }, tiers: RESTING },
        now: 780_000,
      },
      memory: state.memory,
      signals: readSignals(window, policy, 1),
      tracker: state.tracker,
      before: limits,
      isContended: true,
      isDemandKnown: false,
      isStageForced: false,
      guardCups: null,
      inForce: limits.tiers,
    };
  }

  test('bug: orders kept a bucket that the plans never filled, and reads were refused for it', () => {
    const split = minuteSplit(situation(265, 21), 436);
    expect(split['/orders/POST']).toBeCloseTo((21 * 4) / 0.9, 0);
    expect(split['*/*']).toBeCloseTo(436 - (21 * 4) / 0.9, 0);
  });

  test('what all methods got where the plans hold them all, what all asked for where none', () => {
    const held = minuteSplit(situation(180, 20), 436);
    expect((held['*/*'] ?? 0) / (held['/orders/POST'] ?? 1)).toBeCloseTo(180 / 80, 2);
    const bound = minuteSplit(situation(268, 40), 436);
    expect((bound['*/*'] ?? 0) + (bound['/orders/POST'] ?? 0)).toBeCloseTo(436, 0);
    expect((bound['*/*'] ?? 0) / (bound['/orders/POST'] ?? 1)).toBeCloseTo(350 / 164, 2);
  });

  test('stays as it stands until a minute was lived under it', () => {
    expect(minuteSplit(situation(265, 21, 640_000), 436)).toEqual({ '*/*': 270, '/orders/POST': 164 });
  });
});
