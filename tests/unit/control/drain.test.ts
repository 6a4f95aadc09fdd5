import type { TrackerState } from '../../../shared/law/state.ts';
import type { Health } from '../../../shared/law/telling/health.ts';
import { drainOf, learnFromDrain } from '../../../shared/law/tracking/cut.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { type Seen, signalsOf } from '../../support/builders/window-signals.ts';

const policy = roundPolicy();

describe('how deep and how long a backlog is drained', () => {
  /** The window began 20 s ago; a healthy answer takes 100 ms. */
  function drain(latencyMs: number | undefined, latencyGrowth = 0, change: Partial<TrackerState> = {}, given = policy) {
    const evidence = evidenceOf(signalsOf({ latencyMs }), { healthyLatencyMs: 100, latencyGrowth });
    return drainOf(trackerOf(change), evidence, given);
  }

  test.each([
    ['what latency showed, and 0.03 s for each second since', 1100, 0, 1 + 0.03 * 20],
    ['what it grew by from window to window, where that is more', 1100, 0.1, 1 + 0.1 * 20],
    ['no more than 0.15 s a second: growth beyond that began within the window', 1100, 0.9, 1 + 0.15 * 20],
    ['none seen where latency is below the healthy one', 40, 0, 0.03 * 20],
    ['none seen where nothing was answered', undefined, 0, 0.03 * 20],
  ])('the backlog is %s', (_, latencyMs, growth, backlogSeconds) => {
    const depth = Math.min(0.5, Math.sqrt(backlogSeconds / 10));
    const { depth: seen, seconds } = drain(latencyMs, growth);
    expect(seen).toBeCloseTo(depth, 9);
    expect(seconds).toBeCloseTo(backlogSeconds / depth, 9);
  });

  test('without a healthy latency all of it is backlog', () => {
    const evidence = evidenceOf(signalsOf({ latencyMs: 1000 }), { healthyLatencyMs: null });
    expect(drainOf(trackerOf(), evidence, policy).depth).toBeCloseTo(Math.sqrt((1 + 0.6) / 10), 9);
  });

  test('a long backlog is drained at the largest depth for as long as that takes', () => {
    const { depth, seconds } = drain(5100);
    expect(depth).toBe(0.5);
    expect(seconds).toBeCloseTo((5 + 0.6) / 0.5, 9);
  });

  test('without a backlog there is no drain', () => {
    const still = roundPolicy({ tracker: { backlogGrowthShare: 0 } });
    expect(drain(100, 0, {}, still)).toEqual({ depth: 0, seconds: 0 });
  });

  test.each([
    ['by no more than the probe', 510, 500, 0.02],
    ['by at least a third of the usual', 500, 500, 0.01],
    ['as usual after a large one', 750, 500, 0.03],
    ['as usual where no good rate is known', 510, null, 0.03],
    ['as usual where no total is known', null, 500, 0.03],
  ])('after a probe the backlog grows on %s', (_, totalCups, goodCups, growth) => {
    const { depth } = drain(1100, 0, { lastAction: 'raise', totalCups, goodCups });
    expect(depth).toBeCloseTo(Math.sqrt((1 + growth * 20) / 10), 9);
  });

  test('after anything else the excess over the good rate does not count', () => {
    const { depth } = drain(1100, 0, { lastAction: 'cut', totalCups: 510, goodCups: 500 });
    expect(depth).toBeCloseTo(Math.sqrt(1.6 / 10), 9);
  });

  test('on minute metrics it lasts one minute', () => {
    const evidence = evidenceOf(signalsOf({ source: 'metrics', latencyMs: 1100 }), { healthyLatencyMs: 100 });
    expect(drainOf(trackerOf(), evidence, policy).seconds).toBe(policy.minutes.drainSeconds);
  });
});

describe('what windows after the cut say of the capacity', () => {
  const CUT_MS = 775_000;

  /** A rate of 400 failed, 300 is taken to be good; the window ended five seconds before the cut. */
  function learn(change: Partial<TrackerState>, seen: Seen = {}, health: Health = 'congested') {
    const before = trackerOf({
      totalCups: 250,
      phase: 'drain',
      goodCups: 300,
      bad: { cups: 400, atMs: CUT_MS },
      lastAction: 'cut',
      lastActionMs: CUT_MS,
      ...change,
    });
    const evidence = evidenceOf(signalsOf({ completedCups: 200, latencyMs: 1100, ...seen }), { health });
    return { before, after: learnFromDrain(before, evidence, policy) };
  }

  test.each(['congested', 'severe'] as const)('the mean of the first two stands where the next was %s', (health) => {
    const { before, after } = learn({}, {}, health);
    expect(after).toEqual({ ...before, goodCups: (300 + 0.9 * 200) / 2 });
  });

  test.each([
    ['at least a quarter of what failed', 10, 100],
    ['at most 0.95 of what failed', 900, 380],
  ])('a window counts with %s', (_, completedCups, estimate) => {
    expect(learn({}, { completedCups }).after.goodCups).toBeCloseTo((300 + estimate) / 2);
  });

  test('a window that ended just as the cut was written is from before it', () => {
    expect(learn({ lastActionMs: 770_000 }).after.goodCups).toBe(240);
    expect(learn({ lastActionMs: 769_999 }).after.goodCups).toBe(300);
  });

  test.each([
    ['the end of a backlog shows too little', { lastActionMs: 760_000 }],
    ['after a failed probe the rate before it is known', { isProbeFailed: true }],
    ['what is no cut has no window before it', { lastAction: 'none' as const }],
    ['nothing is being drained', { phase: 'hold' as const }],
    ['no rate is known to be good', { goodCups: null }],
    ['no rate is known to be bad', { bad: null }],
  ])('nothing is learned: %s', (_, change) => {
    const { before, after } = learn(change);
    expect(after).toBe(before);
  });

  test.each(['healthy', 'watch', 'erring', 'thin'] as const)(
    'nothing is learned from a window that is %s',
    (health) => {
      const { before, after } = learn({}, {}, health);
      expect(after).toBe(before);
      const minute = learn({}, { source: 'metrics' }, health);
      expect(minute.after).toBe(minute.before);
    },
  );

  test('where a collapse recedes, the best window shows more than was known', () => {
    const later = { isRough: true, lastActionMs: 760_000 };
    expect(learn(later, { completedCups: 400 }).after.goodCups).toBe(360);
    expect(learn(later, { completedCups: 200 }).after.goodCups).toBe(300);
  });

  test('a whole minute from before the cut corrects the first', () => {
    const { after } = learn({}, { source: 'metrics' });
    expect(after.goodCups).toBeCloseTo(0.9 * 200);
  });
});
