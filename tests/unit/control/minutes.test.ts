import { initialState, type TrackerState } from '../../../shared/law/state.ts';
import { readSignals, type Signals } from '../../../shared/law/telling/signals.ts';
import { learnFromMinute, minuteDrain, minuteEstimate } from '../../../shared/law/tracking/minutes.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { cell, minuteWindow } from '../../support/builders/window-sketch.ts';

const policy = policySchema.parse({
  api: 'a1/dev',
  methodCost: { '/orders/POST': 4 },
  tracker: { aimShare: 0.9, cutCeilingShare: 0.95 },
  minutes: {
    cutFloorShare: 0.25,
    drainSeconds: 33,
    drainErrorSeconds: 40,
    mostDrainShare: 0.5,
    farBeyondGuardFactor: 1.5,
  },
});

/** A minute from 600 s on, in which so many requests a second were offered, and so many completed. */
function minute(offeredRps: number, completedRps = offeredRps): Signals {
  const sketch = { requests: 60 * offeredRps, throttled: 60 * (offeredRps - completedRps) };
  return readSignals(minuteWindow(600_000, sketch), policy, 1);
}

describe('the drain on minute metrics', () => {
  const drainAt = (latencyMs: number | undefined, healthyLatencyMs: number | null) =>
    minuteDrain(evidenceOf({ ...minute(400), latencyMs }, { healthyLatencyMs }), policy);

  test.each([
    // The root of the backlog, 1.6 s, over the error of 40 s.
    ['is the trade between backlog and error', 1800, 200, 0.2],
    ['takes all latency for backlog where a healthy one is not known', 1600, null, 0.2],
    ['is at most what the policy says', 15_000, 200, 0.5],
    ['is none where latency is below the healthy one', 150, 200, 0],
    ['is none where latency is not told', undefined, 200, 0],
  ])('%s', (_, latencyMs, healthyLatencyMs, depth) => {
    expect(drainAt(latencyMs, healthyLatencyMs).depth).toBeCloseTo(depth, 9);
  });

  test('lasts as long as the policy says', () => {
    expect(drainAt(1800, 200).seconds).toBe(33);
  });
});

describe('what a congested minute says of the capacity', () => {
  const estimate = (
    failedCups: number,
    signals: Signals,
    change: Partial<ReturnType<typeof evidenceOf>> = {},
    isFirst = false,
  ) => minuteEstimate(failedCups, evidenceOf(signals, change), isFirst, policy);

  test('completions, by the cost of each method', () => {
    const cells = { all: { '/data/GET': cell({ requests: 18_000 }), '/orders/POST': cell({ requests: 6000 }) } };
    const congested = readSignals({ ...minuteWindow(600_000, { requests: 0 }), cells }, policy, 1);
    expect(estimate(700, congested)).toBeCloseTo(0.9 * (300 + 4 * 100), 9);
  });

  test.each([
    ['goes by the other half: 300 in all, of which the healthy half served 400', 500, 400, 2 * 300 - 400],
    [
      '(bug: the first cut went too deep) serves no more in its healthy half than was asked for',
      350,
      400,
      2 * 300 - 350,
    ],
    ['is whole where healthy minutes served no more', 500, 250, 300],
    ['is whole where no healthy minute was seen', 500, null, 300],
  ])('the first is half healthy on average, and %s', (_, offered, confirmedCups, expected) => {
    const confirmed = confirmedCups === null ? null : { cups: confirmedCups, atMs: 0 };
    const first = minute(offered, 300);
    expect(estimate(700, first, { confirmed }, true)).toBeCloseTo(0.9 * expected, 9);
    expect(estimate(700, first, { confirmed })).toBeCloseTo(0.9 * 300, 9);
  });

  test.each([
    ['the guard that was written meanwhile, where far more arrived than that', 676, 450, 450],
    ['completions, where they exceed that guard', 676, 350, 360],
    ['completions, where not so far more arrived', 675, 450, 360],
    ['completions, where no guard stands', 676, null, 360],
  ])('what counts is %s', (_, failedCups, guardCups, expected) => {
    expect(estimate(failedCups, minute(1000, 400), { guardCups })).toBeCloseTo(expected, 9);
  });

  test('what counts is completions, in a minute that was lived under the guard', () => {
    expect(estimate(676, minute(1000, 400), { guardCups: 450, isFresh: true })).toBeCloseTo(360, 9);
  });
});

describe('a later minute from before the cut, which completed 200', () => {
  /** 300 stand, after 400 failed; the minute ends at 660 s. */
  function learned(change: Partial<TrackerState>, completedRps = 200) {
    const before: TrackerState = {
      ...initialState({ stage: {}, tiers: {} }, 0, 0.02, 120).tracker,
      lastAction: 'cut',
      totalCups: 300,
      goodCups: 300,
      bad: { cups: 400, atMs: 660_000 },
      ...change,
    };
    const confirmed = { cups: 300, atMs: 0 };
    const after = learnFromMinute(before, evidenceOf(minute(500, completedRps), { confirmed }), policy);
    return { before, after, cups: [after.goodCups, after.totalCups] };
  }

  test.each([
    ['a cut', { lastAction: 'cut' }, [180, 180]],
    ['the end of a drain', { lastAction: 'drained' }, [180, 180]],
    ['a cut, in the drain itself, whose total is its own', { phase: 'drain' }, [180, 300]],
    ['a cut without a total', { totalCups: null }, [180, null]],
  ] as const)('corrects the first, which held the onset, after %s', (_, change, expected) => {
    expect(learned(change).cups).toEqual(expected);
  });

  test('never corrects it beyond the bounds of a cut', () => {
    expect(learned({}, 100).cups).toEqual([0.25 * 400, 0.25 * 400]);
    expect(learned({ phase: 'drain' }, 500).cups).toEqual([0.95 * 400, 300]);
  });

  test.each<[string, Partial<TrackerState>]>([
    ['nothing failed', { bad: null }],
    ['nothing is known to be good', { goodCups: null }],
    ['nothing was done', { lastAction: 'none' }],
    ['the total was raised', { lastAction: 'raise' }],
    ['it ended after the cut', { bad: { cups: 400, atMs: 659_999 } }],
    ['it would raise the total, which only what was lived under it may', { totalCups: 170 }],
    ['it says just what stands', { totalCups: 180 }],
  ])('changes nothing where %s', (_, change) => {
    const { before, after } = learned(change);
    expect(after).toBe(before);
  });
});
