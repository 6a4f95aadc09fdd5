import type { TrackerState } from '../../../shared/law/state.ts';
import { afterProbe, cut, olderBad, onCongested } from '../../../shared/law/tracking/cut.ts';
import type { Evidence } from '../../../shared/law/tracking/step.ts';
import { expectReadable } from '../../support/builders/readable-reason.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { type Seen, signalsOf } from '../../support/builders/window-signals.ts';

const policy = roundPolicy();
const NOW = 780_000;

/** 500 admitted, 400 completed, a second of queue over a healthy 100 ms. */
const CONGESTED: Seen = { admittedCups: 500, completedCups: 400, latencyMs: 1100 };

function congested(seen: Seen = {}, change: Partial<Evidence> = {}): Evidence {
  const signals = signalsOf({ ...CONGESTED, ...seen });
  return evidenceOf(signals, { health: 'congested', healthyLatencyMs: 100, isFresh: true, now: NOW, ...change });
}

const total500 = (change: Partial<TrackerState> = {}) => trackerOf({ totalCups: 500, ...change });
const probedTo500 = (goodCups: number | null) => total500({ lastAction: 'raise', goodCups });

/** Where a cut of this tracker on this evidence sees the good rate. */
const goodAfter = (tracker: TrackerState, evidence: Evidence, given = policy) =>
  onCongested(tracker, evidence, given).tracker.goodCups;

test('the first cut aims at nine tenths of what was completed, and drains the backlog below that', () => {
  // 1 s of queue, and 0.03 s a second for the 20 s since the window began: 1.6 s; depth sqrt(1.6 / 10), for 1.6 s / 0.4.
  const before = total500({ plateau: null, isKneeTold: true, isClimbing: true, probeShare: 0.3 });
  const step = onCongested(before, congested({}, { confirmed: { cups: 450, atMs: 5 } }), policy);
  expect(step).toMatchObject({ kind: 'brake', rule: 'congested-cut' });
  expect(step).not.toHaveProperty('guard');
  expect(step.tracker).toEqual({
    ...before,
    totalCups: expect.closeTo(360 * (1 - 0.4)),
    phase: 'drain',
    drainUntilMs: expect.closeTo(NOW + 4000),
    goodCups: 360,
    bad: { cups: 500, atMs: NOW },
    lastBad: { cups: 500, atMs: NOW },
    plateau: { cups: 450, atMs: 5 },
    isKneeTold: false,
    isClimbing: false,
    probeShare: 0.02,
    lastAction: 'cut',
    lastActionMs: NOW,
    latencyAtCutMs: 1100,
  });
});

test('the reason names latency, errors, completions and the new total', () => {
  expectReadable(onCongested(total500(), congested({ errorShare: 0.2 }), policy), '1100 ms', '20 %', '400', '216');
});

test('a severe window leaves a rough good rate, from which the first step up is bold', () => {
  const { rule, tracker } = onCongested(total500(), congested({}, { health: 'severe' }), policy);
  expect(rule).toBe('severe-cut');
  expect(tracker).toMatchObject({ isRough: true, probeShare: 0.12, isProbeFailed: false });
});

test('a plateau that is known is kept', () => {
  const plateau = { cups: 700, atMs: 1 };
  const evidence = congested({}, { confirmed: { cups: 450, atMs: 5 } });
  expect(onCongested(total500({ plateau }), evidence, policy).tracker.plateau).toEqual(plateau);
});

describe('what the backend is taken to bear', () => {
  test.each([
    ['nine tenths of what it completed', 400, 360],
    ['at least a quarter of what proved bad, however little was completed', 50, 125],
    ['at most 0.95 of what proved bad, however much was completed', 600, 475],
  ])('%s', (_, completedCups, goodCups) => {
    expect(goodAfter(total500(), congested({ completedCups }))).toBeCloseTo(goodCups);
  });

  test.each([
    ['what arrived, where it was less than the total', 300, 0, 300],
    ['what the plans let through, where more of it arrives than was admitted', 300, 420, 420],
    ['the total, where more arrives than that', 300, 800, 500],
    ['the total, where more was admitted than that', 600, 0, 500],
  ])('bad is %s', (_, admittedCups, arrivingCups, failedCups) => {
    const evidence = congested({ admittedCups }, { arrivingCups, isFresh: false });
    const { tracker } = onCongested(total500(), evidence, policy);
    expect(tracker.bad).toEqual({ cups: failedCups, atMs: NOW });
    expect(tracker.lastBad?.cups).toBe(failedCups);
  });

  test('without a total all that arrived proved bad', () => {
    const { tracker } = onCongested(trackerOf(), congested({ completedCups: 50 }), policy);
    expect(tracker).toMatchObject({ goodCups: 125, bad: { cups: 500, atMs: NOW } });
  });
});

describe('after a failed probe', () => {
  test('the cut goes just below the rate before it, and the next probe waits twice as long', () => {
    const { tracker } = onCongested(probedTo500(450), congested({}, { health: 'severe' }), policy);
    expect(tracker.goodCups).toBeCloseTo(0.98 * 450);
    expect(tracker).toMatchObject({ isProbeFailed: true, isRough: false, badAgeSeconds: 240, probeShare: 0.02 });
  });

  test.each([
    ['completions that reach nearly the rate before it blame the probe', 450, 360, 441],
    ['completions below that speak for themselves', 450, 359, 0.9 * 359],
    ['without a rate before it completions speak for themselves', null, 400, 360],
  ])('%s', (_, goodBefore, completedCups, goodCups) => {
    expect(goodAfter(probedTo500(goodBefore), congested({ completedCups }))).toBeCloseTo(goodCups);
  });

  test('the rate before anything but a raise is not what the backend bears', () => {
    const { tracker } = onCongested(total500({ goodCups: 450 }), congested(), policy);
    expect(tracker).toMatchObject({ goodCups: 360, isProbeFailed: false, badAgeSeconds: 120 });
  });

  test.each([
    ['a share of the rate before it', 400, 392],
    ['the aimed-at share of the rate that failed, where the two were close', 490, 450],
  ])('it is %s', (_, goodCups, expected) => {
    expect(afterProbe(goodCups, 500, policy)).toBeCloseTo(expected);
  });

  test('the age of a failure doubles up to the most', () => {
    expect([100, 150, 200].map((badAgeSeconds) => olderBad(trackerOf({ badAgeSeconds }), policy))).toEqual([
      200, 300, 300,
    ]);
  });
});

describe('minute metrics', () => {
  const minute = (isFresh: boolean, seen: Seen = {}) =>
    congested(
      { source: 'metrics', admittedCups: 600, offeredCups: 600, ...seen },
      { isFresh, confirmed: { cups: 450, atMs: 0 } },
    );

  test('a minute older than the total proves all bad that arrived in it', () => {
    expect(onCongested(total500(), minute(false), policy).tracker.bad?.cups).toBe(600);
    expect(onCongested(total500(), minute(true), policy).tracker.bad?.cups).toBe(500);
  });

  test('the first is half healthy, so the cut goes by its other half; later ones are whole', () => {
    // 400 completed, of which 450 in the healthy half: 350 in the other.
    expect(goodAfter(total500(), minute(true))).toBeCloseTo(0.9 * 350);
    expect(goodAfter(total500({ lastAction: 'cut' }), minute(true))).toBeCloseTo(0.9 * 400);
    expect(goodAfter(total500({ lastAction: 'drained' }), minute(true))).toBeCloseTo(0.9 * 400);
  });

  test('the drain is the one of minutes', () => {
    const { drainSeconds } = policy.minutes;
    expect(onCongested(total500(), minute(true), policy).tracker.drainUntilMs).toBe(NOW + 1000 * drainSeconds);
  });
});

describe('the bounds of one action', () => {
  test('the largest step down holds against a deep cut, and is named', () => {
    const careful = roundPolicy({ guardrails: { largestStepDownShare: 0.2 } });
    const step = onCongested(total500(), congested(), careful);
    expect(step.tracker.goodCups).toBeCloseTo(400);
    expect(step.guard).toBe('largest-step');
  });

  test('without a total it counts from what arrived', () => {
    const careful = roundPolicy({ guardrails: { largestStepDownShare: 0.2 } });
    expect(goodAfter(trackerOf(), congested(), careful)).toBeCloseTo(400);
  });

  test('not even a drain goes below the floor of capacity', () => {
    const floored = roundPolicy({ capacity: { floorCups: 300 } });
    expect(onCongested(total500(), congested(), floored).tracker.totalCups).toBe(300);
  });
});

describe('a cut while a backlog drains', () => {
  const draining = (change: Partial<TrackerState> = {}) =>
    total500({
      totalCups: 400,
      phase: 'drain',
      goodCups: 370,
      bad: { cups: 480, atMs: 700_000 },
      lastBad: { cups: 470, atMs: NOW },
      lastAction: 'cut',
      latencyAtCutMs: 1100,
      ...change,
    });

  test('deepens the drain and leaves the bracket as it was', () => {
    const { tracker } = onCongested(draining(), congested(), policy);
    expect(tracker).toMatchObject({
      goodCups: 370,
      bad: { cups: 480, atMs: 700_000 },
      lastBad: { cups: 470, atMs: NOW },
    });
    expect(tracker.totalCups).toBeCloseTo(360 * (1 - 0.4));
  });

  test('raises the good rate where more was completed than it', () => {
    expect(onCongested(draining({ goodCups: 340 }), congested(), policy).tracker.goodCups).toBe(360);
    expect(onCongested(draining({ goodCups: null }), congested(), policy).tracker.goodCups).toBe(360);
  });

  test('once it is over, the next cut finds a bracket of its own', () => {
    const { tracker } = onCongested(draining({ phase: 'hold' }), congested(), policy);
    expect(tracker).toMatchObject({ goodCups: 360, bad: { cups: 400, atMs: NOW }, lastBad: { cups: 400, atMs: NOW } });
  });

  test('without a known bad rate there is no bracket to keep', () => {
    const { tracker } = onCongested(draining({ bad: null }), congested(), policy);
    expect(tracker).toMatchObject({ goodCups: 360, bad: { cups: 400, atMs: NOW }, lastBad: { cups: 400, atMs: NOW } });
  });
});

describe('cuts in vain', () => {
  test.each([
    ['the first cut cannot be in vain', null, 1100, 0],
    ['latency as high as at the last cut counts one more', 1100, 1100, 2],
    ['latency only a tenth lower counts one more', 1000, 900, 2],
    ['distinctly lower latency starts the count afresh', 1000, 899, 0],
    ['unknown latency is none', 1000, undefined, 0],
  ])('%s', (_, latencyAtCutMs, latencyMs, uselessCuts) => {
    const before = total500({ latencyAtCutMs, uselessCuts: 1 });
    const { tracker } = cut(before, congested({ latencyMs }), policy, 'congested-cut');
    expect(tracker).toMatchObject({ uselessCuts, latencyAtCutMs: latencyMs ?? 0 });
  });
});
