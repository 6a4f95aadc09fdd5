import type { ErrorTest, TrackerState } from '../../../shared/law/state.ts';
import { onFastErrors } from '../../../shared/law/tracking/fast-errors.ts';
import type { Evidence } from '../../../shared/law/tracking/step.ts';
import { expectReadable } from '../../support/builders/readable-reason.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { type Seen, signalsOf } from '../../support/builders/window-signals.ts';

const policy = roundPolicy();
const NOW = 780_000;

interface Case {
  readonly tracker?: Partial<TrackerState>;
  readonly seen?: Seen;
  readonly evidence?: Partial<Evidence>;
  readonly policy?: typeof policy;
}

/** A fifth of 500 fails, quickly, under a total of 600. */
function look(change: Case = {}) {
  const tracker = trackerOf({ totalCups: 600, ...change.tracker });
  const signals = signalsOf({ admittedCups: 500, errorShare: 0.2, ...change.seen });
  const evidence = evidenceOf(signals, { health: 'erring', isFresh: true, now: NOW, ...change.evidence });
  return { before: tracker, step: onFastErrors(tracker, evidence, change.policy ?? policy) };
}

/** The test began a minute ago, when half of 500 succeeded under a total of 600. */
const testOf = (change: Partial<ErrorTest> = {}): ErrorTest => ({
  startedMs: NOW - 60_000,
  verdict: 'running',
  successShare: 0.5,
  admittedCups: 500,
  totalCups: 600,
  ...change,
});

describe('quick errors that nothing is known about', () => {
  test('are tested by one small cut of what was admitted', () => {
    const { before, step } = look();
    expect(step).toMatchObject({ kind: 'brake', rule: 'error-test' });
    expect(step?.tracker).toEqual({
      ...before,
      totalCups: 450,
      lastAction: 'cut',
      lastActionMs: NOW,
      errorTest: { startedMs: NOW, verdict: 'running', successShare: 0.8, admittedCups: 500, totalCups: 600 },
    });
    if (step !== undefined) expectReadable(step, '20 %', '10 %', '450');
  });

  test.each([
    ['of the total, where that is less than what was admitted', { totalCups: 400 }, 360],
    ['of what was admitted, where there is no total', { totalCups: null }, 450],
  ])('the cut is one %s', (_, tracker, totalCups) => {
    expect(look({ tracker }).step?.tracker.totalCups).toBeCloseTo(totalCups);
  });

  test('the cut does not go below the floor of capacity', () => {
    const floored = roundPolicy({ capacity: { floorCups: 480 } });
    expect(look({ policy: floored }).step?.tracker.totalCups).toBe(480);
  });

  test('wait for a window lived under the limits in force', () => {
    const { before, step } = look({ evidence: { isFresh: false } });
    expect(step).toMatchObject({ kind: 'hold', rule: 'awaiting-effect', tracker: before });
    if (step !== undefined) expectReadable(step, '20 %');
  });

  test('are none where the window is not erring', () => {
    expect(look({ evidence: { health: 'healthy' } }).step).toBeUndefined();
  });
});

describe('the answer of a test', () => {
  const known = (verdict: ErrorTest['verdict'], secondsAgo: number, evidence: Partial<Evidence> = {}) =>
    look({ tracker: { errorTest: testOf({ verdict, startedMs: NOW - 1000 * secondsAgo }) }, evidence }).step?.rule;

  test('is believed for its time: errors that do not depend on load are left alone', () => {
    expect(known('independent', 599)).toBeUndefined();
    expect(known('independent', 599, { isFresh: false })).toBeUndefined();
    expect(known('independent', 600)).toBe('error-test');
  });

  test('is believed for its time: errors of load cut', () => {
    expect(known('load', 599)).toBe('errors-are-load');
    expect(known('load', 599, { isFresh: false })).toBe('awaiting-effect');
    expect(known('load', 600)).toBe('error-test');
    expect(known('load', 599, { health: 'healthy' })).toBeUndefined();
  });
});

describe('while the test runs', () => {
  /** 450 is the total of the test; the window says what became of it. */
  const outcome = (change: Case & { readonly test?: Partial<ErrorTest> }) =>
    look({ ...change, tracker: { totalCups: 450, lastAction: 'cut', errorTest: testOf(change.test) } });

  test('it waits for a window lived under its cut', () => {
    const { before, step } = outcome({ evidence: { isFresh: false, health: 'healthy' } });
    expect(step).toMatchObject({ kind: 'hold', rule: 'error-test-running', tracker: before });
    if (step !== undefined) expectReadable(step);
  });

  // A fall from 500 to 400 would raise successes by a quarter if all errors came of load; half of that decides.
  const verdictOf = (seen: Seen, test: Partial<ErrorTest> = {}) =>
    outcome({ seen: { admittedCups: 400, ...seen }, test }).step?.tracker.errorTest?.verdict;

  test.each([
    ['successes that rose by half of that or more tell of load', 1 - 0.5625, 'load'],
    ['successes that rose by less do not', 1 - 0.56, 'independent'],
    ['successes that fell do not', 0.6, 'independent'],
  ])('%s', (_, errorShare, verdict) => {
    expect(verdictOf({ errorShare })).toBe(verdict);
  });

  test.each([
    ['nothing is told by less of a fall than decides', 401, 'independent'],
    ['just that much of a fall decides', 400, 'load'],
  ])('%s', (_, admittedCups, verdict) => {
    const strict = roundPolicy({ tracker: { errorTestLeastFallShare: 0.25 } });
    const { step } = outcome({ seen: { admittedCups, errorShare: 0.1 }, policy: strict });
    expect(step?.tracker.errorTest?.verdict).toBe(verdict);
  });

  test('hardly anything admitted, and hardly a success before, are no division by zero', () => {
    // A fall from 500 to what counts as 1: 499; successes from 0.002 to 1: 499 as well, more than half of that.
    expect(verdictOf({ admittedCups: 0.5, errorShare: 0 }, { successShare: 0.002 })).toBe('load');
    // Successes from what counts as 0.001 to 0.1: 99, less than half of 499.
    expect(verdictOf({ admittedCups: 0, errorShare: 0.9 }, { successShare: 0 })).toBe('independent');
  });

  test('errors of load that are gone keep the lower total, as good', () => {
    const { before, step } = outcome({ seen: { admittedCups: 400, errorShare: 0 }, evidence: { health: 'healthy' } });
    expect(step).toMatchObject({ kind: 'tighten', rule: 'errors-are-load' });
    expect(step?.tracker).toEqual({ ...before, goodCups: 450, errorTest: testOf({ verdict: 'load' }) });
    if (step !== undefined) expectReadable(step, '0 %');
  });

  test('errors of load that go on cut to completions', () => {
    const { step } = outcome({ seen: { admittedCups: 400, completedCups: 300, errorShare: 0.25 } });
    expect(step).toMatchObject({ kind: 'brake', rule: 'errors-are-load' });
    expect(step?.tracker).toMatchObject({ goodCups: 270, phase: 'drain', errorTest: { verdict: 'load' } });
  });

  test('errors that do not depend on load take the cut back', () => {
    const { before, step } = outcome({ seen: { admittedCups: 400, errorShare: 0.5 } });
    expect(step).toMatchObject({ kind: 'relax', rule: 'errors-not-load' });
    expect(step?.tracker).toEqual({
      ...before,
      totalCups: 600,
      lastAction: 'none',
      lastActionMs: NOW,
      errorTest: testOf({ verdict: 'independent' }),
    });
    if (step !== undefined) expectReadable(step, '50 %', '600 s');
  });
});
