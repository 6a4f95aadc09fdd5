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

/** A window slower than the healthy 100 ms, under a total of 500 of which all was admitted. */
function slow(change: Partial<TrackerState>, seen: Seen = {}, evidence: Partial<Evidence> = {}, given = policy) {
  const before = trackerOf({ totalCups: 500, isRough: true, isClimbing: true, probeShare: 0.3, ...change });
  const signals = signalsOf({ admittedCups: 500, latencyMs: 160, ...seen });
  const known = { health: 'watch', healthyLatencyMs: 100, isFresh: true, now: NOW, ...evidence } as const;
  return { before, ...track(before, evidenceOf(signals, known), given) };
}

const PROBED = { lastAction: 'raise', goodCups: 450 } as const;
/** Watched from 110 ms, but the knee is at 150: slow without a queue. */
const LATE_KNEE = roundPolicy({ tracker: { watchFactor: 1.1, kneeFactor: 1.5 } });

describe('a failed probe', () => {
  test('is taken back to just below what stood before it, and its queue is drained', () => {
    // Seen 0.3 s, and 0.03 s for each of 20 s since: 0.9 s; depth sqrt(0.9 / 10) for 0.9 s / 0.3.
    const { before, ...taken } = slow(PROBED, { latencyMs: 400 });
    expect(taken).toMatchObject({ kind: 'tighten', rule: 'probe-retreat' });
    expect(taken.tracker).toEqual({
      ...before,
      totalCups: expect.closeTo(441 * (1 - 0.3)),
      goodCups: 441,
      phase: 'drain',
      drainUntilMs: expect.closeTo(NOW + 3000),
      isRough: false,
      isProbeFailed: true,
      isClimbing: false,
      bad: { cups: 500, atMs: NOW },
      badAgeSeconds: 240,
      lastBad: { cups: 500, atMs: NOW },
      probeShare: 0.02,
      lastAction: 'cut',
      lastActionMs: NOW,
    });
    expectReadable(taken, '400 ms', '100 ms', 'probe of 500', '309', 'then to 441', '240 s');
  });

  test('that left no queue is taken back without a drain', () => {
    const { tracker, reason } = slow(PROBED, { latencyMs: 150 }, {}, LATE_KNEE);
    expect(tracker).toMatchObject({ totalCups: 441, goodCups: 441, phase: 'hold', drainUntilMs: null });
    expect(reason).toContain('441 cost units/s.');
  });

  test('that went a little beyond the knee left a queue', () => {
    expect(slow(PROBED, { latencyMs: 151 }, {}, LATE_KNEE).tracker.phase).toBe('drain');
  });

  test.each([
    ['is none where nothing was raised', { lastAction: 'cut', goodCups: 450 }],
    ['is none where the total is no more than what was good', { lastAction: 'raise', goodCups: 500 }],
    ['is none where nothing was known to be good', { lastAction: 'raise', goodCups: null }],
    ['is none where there was no total', { lastAction: 'raise', totalCups: null, goodCups: 450 }],
  ] as const)('%s', (_, change) => {
    expect(slow(change).rule).toBe('ease');
  });
});

describe('slowness that nobody caused', () => {
  test('eases the total a little, before it is congestion', () => {
    const { before, ...eased } = slow({ lastAction: 'cut' });
    expect(eased).toMatchObject({ kind: 'tighten', rule: 'ease' });
    expect(eased.tracker).toMatchObject({
      totalCups: 485,
      goodCups: 485,
      phase: 'hold',
      drainUntilMs: null,
      bad: { cups: 500, atMs: NOW },
      lastBad: { cups: 500, atMs: NOW },
    });
    expectReadable(eased, '160 ms', '100 ms', 'raised, at 500', '485 cost units/s.', '240 s');
  });

  test.each([
    ['what was admitted, where that is less than the total', 500, 400, 400],
    ['the total, where more was admitted', 500, 550, 500],
    ['what was admitted, where there is no total', null, 400, 400],
  ])('counts from %s', (_, totalCups, admittedCups, from) => {
    const { tracker } = slow({ totalCups }, { admittedCups });
    expect(tracker.totalCups).toBeCloseTo(0.97 * from);
    expect(tracker.bad?.cups).toBe(from);
  });

  test('is the knee itself up to the factor of a queue, and a queue beyond', () => {
    expect(slow({}, { latencyMs: 170 }).tracker.phase).toBe('hold');
    const { tracker } = slow({}, { latencyMs: 171 });
    expect(tracker.phase).toBe('drain');
    expect(tracker.totalCups).toBeCloseTo(485 * (1 - Math.sqrt((0.071 + 0.03 * 20) / 10)));
  });

  test('is all queue where no healthy latency is known', () => {
    const { tracker, reason } = slow({}, { latencyMs: 600 }, { healthyLatencyMs: null });
    expect(tracker.phase).toBe('drain');
    expect(reason).toContain('healthy 0 ms');
  });

  test('does not go below the floor of capacity', () => {
    const floored = roundPolicy({ capacity: { floorCups: 490 } });
    expect(slow({}, {}, {}, floored).tracker.totalCups).toBe(490);
  });
});

test('a slow window from before the last change is only watched', () => {
  const { before, ...held } = slow(PROBED, {}, { isFresh: false });
  expect(held).toMatchObject({ kind: 'hold', rule: 'watching', tracker: before });
  expectReadable(held, '160 ms', '100 ms', '400 ms');
});
