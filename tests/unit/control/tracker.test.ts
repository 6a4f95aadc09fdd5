import type { TrackerState } from '../../../shared/law/state.ts';
import type { Evidence } from '../../../shared/law/tracking/step.ts';
import { track } from '../../../shared/law/tracking/tracker.ts';
import { expectReadable } from '../../support/builders/readable-reason.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { type Seen, signalsOf } from '../../support/builders/window-signals.ts';

const policy = roundPolicy();
const NOW = 780_000;

/** One step on a window that admitted 400 at the healthy 100 ms, under a total of 400. */
function step(change: Partial<TrackerState>, seen: Seen = {}, evidence: Partial<Evidence> = {}) {
  const before = trackerOf({ totalCups: 400, ...change });
  const given = { healthyLatencyMs: 100, isFresh: true, isSettled: true, now: NOW, ...evidence };
  return { before, ...track(before, evidenceOf(signalsOf(seen), given), policy) };
}

describe('a window says', () => {
  test.each([
    ['nothing without answers', 'thin', { samples: 0 }, 'idle'],
    ['too little with a few', 'thin', { samples: 7 }, 'too-few-answers'],
    ['congested', 'congested', { latencyMs: 800 }, 'congested-cut'],
    ['severe', 'severe', { latencyMs: 2000 }, 'severe-cut'],
    ['quick errors', 'erring', { errorShare: 0.2 }, 'error-test'],
    ['quick errors before it says that it is slower', 'erring', { errorShare: 0.2, latencyMs: 160 }, 'error-test'],
    ['slower than healthy', 'watch', { latencyMs: 150.1 }, 'ease'],
    ['as fast as may be without notice', 'healthy', { latencyMs: 110 }, 'probe'],
    ['that nothing was slow where no latency is known', 'healthy', { latencyMs: undefined }, 'probe'],
  ] as const)('%s', (_, health, seen, rule) => {
    expect(step({}, seen, { health }).rule).toBe(rule);
  });

  test('up to the bound that is watched it is not slow', () => {
    expect(step({}, { latencyMs: 150 }).rule).toBe('near-knee');
  });

  test('a window with too few answers changes nothing, and says how many there were', () => {
    const held = step({}, { samples: 7 }, { health: 'thin' });
    expect(held).toMatchObject({ kind: 'hold', tracker: held.before });
    expectReadable(held, '7 answers', '20 answers');
  });
});

describe('the time of a drain', () => {
  const draining: Partial<TrackerState> = {
    totalCups: 200,
    phase: 'drain',
    goodCups: 350,
    drainUntilMs: NOW,
    lastAction: 'cut',
    lastActionMs: NOW - 5000,
    latencyAtCutMs: 900,
  };
  const STALE = { isFresh: false, health: 'thin' } as const;

  test('quick errors end it, so that no test of them takes the drained total for the one to return to', () => {
    const still = { ...draining, drainUntilMs: NOW + 5000 };
    const ended = step(still, { errorShare: 0.2 }, { health: 'erring' });
    expect(ended).toMatchObject({ rule: 'drain-over', tracker: { totalCups: 350, phase: 'hold', errorTest: null } });
    const stale = step(still, { errorShare: 0.2 }, { health: 'erring', isFresh: false });
    expect(stale.rule).toBe('awaiting-effect');
  });

  test('when it is over, the total returns to the good rate without further news', () => {
    const { before, ...ended } = step(draining, { latencyMs: 700 }, STALE);
    expect(ended).toMatchObject({ kind: 'relax', rule: 'drain-over' });
    expect(ended.tracker).toEqual({
      ...before,
      totalCups: 350,
      phase: 'hold',
      drainUntilMs: null,
      lastAction: 'drained',
      lastActionMs: NOW,
    });
    expectReadable(ended, '700 ms', '350');
  });

  test.each([
    ['not a millisecond sooner', { drainUntilMs: NOW + 1 }, STALE],
    ['not where a window was lived under the drain, for that one tells', {}, { ...STALE, isFresh: true }],
    ['not where no time was set', { drainUntilMs: null }, STALE],
    ['not where nothing is being drained', { phase: 'hold' as const }, STALE],
  ])('%s', (_, change, evidence) => {
    expect(step({ ...draining, ...change }, {}, evidence).rule).toBe('too-few-answers');
  });

  test('the highest latency since the cut is what the next one is compared with', () => {
    expect(step(draining, { latencyMs: 1200 }, STALE).tracker.latencyAtCutMs).toBe(1200);
    const unknown = { ...draining, latencyAtCutMs: null };
    expect(step(unknown, { latencyMs: undefined }, STALE).tracker.latencyAtCutMs).toBe(0);
  });

  test('without a good rate the total stays', () => {
    expect(step({ ...draining, goodCups: null }, {}, STALE).tracker.totalCups).toBe(200);
  });

  test('what the window before the cut says of the capacity is taken in first', () => {
    const cutAfterwards = { ...draining, bad: { cups: 400, atMs: NOW - 5000 } };
    const { tracker } = step(cutAfterwards, { completedCups: 250 }, { isFresh: false, health: 'congested' });
    expect(tracker.totalCups).toBeCloseTo((350 + 0.9 * 250) / 2);
  });

  test('a healthy window under the drain ends it at once', () => {
    expect(step({ ...draining, drainUntilMs: NOW + 60_000 }).rule).toBe('drain-over');
  });
});

describe('a healthy window', () => {
  test('without a total is rest, and the end of cuts in vain', () => {
    const held = step({ totalCups: null, uselessCuts: 2 });
    expect(held).toMatchObject({ kind: 'hold', rule: 'at-rest', tracker: { ...held.before, uselessCuts: 0 } });
    expectReadable(held, '400');
  });

  test('that was not lived under the limits in force is waited for', () => {
    const held = step({}, {}, { isFresh: false });
    expect(held).toMatchObject({ kind: 'hold', rule: 'awaiting-effect', tracker: held.before });
    expectReadable(held);
  });

  test('into which all who ask fit is rest, and failures count afresh', () => {
    const held = step({ totalCups: 500, badAgeSeconds: 240 }, {}, { isContended: false });
    expect(held).toMatchObject({ kind: 'hold', rule: 'at-rest', tracker: { ...held.before, badAgeSeconds: 120 } });
    expectReadable(held, '500', '400');
  });

  test.each([
    ['plans that are missing explain why too little was admitted', 449, false, 'awaiting-plans'],
    ['too little admitted under all that was written teaches nothing', 449, true, 'total-not-reached'],
    ['nine tenths of the total are enough', 450, true, 'probe'],
    ['nine tenths of the total are enough, plans or not', 450, false, 'probe'],
  ])('%s', (_, admittedCups, isSettled, rule) => {
    const generous = { ...policy, tracker: { ...policy.tracker, reachedFactor: 1.2 } };
    const evidence = evidenceOf(signalsOf({ admittedCups }), { healthyLatencyMs: 100, isFresh: true, isSettled });
    const seen = track(trackerOf({ totalCups: 500 }), evidence, generous);
    expect(seen.rule).toBe(rule);
  });

  test.each([true, false])('that taught nothing changes nothing (settled: %s)', (isSettled) => {
    const held = step({ totalCups: 500 }, { admittedCups: 445 }, { isSettled });
    expect(held).toMatchObject({ kind: 'hold', tracker: held.before });
    expectReadable(held, ...(isSettled ? ['445', '500', '450'] : []));
  });
});
