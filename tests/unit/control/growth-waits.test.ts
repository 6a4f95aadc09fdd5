import type { TrackerState } from '../../../shared/law/state.ts';
import { onHealthyAndBound } from '../../../shared/law/tracking/growth.ts';
import { minuteRaise } from '../../../shared/law/tracking/minutes.ts';
import type { Evidence } from '../../../shared/law/tracking/step.ts';
import { expectReadable } from '../../support/builders/readable-reason.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { trackerOf } from '../../support/builders/tracker-state.ts';
import { type Seen, signalsOf } from '../../support/builders/window-signals.ts';

const policy = roundPolicy();
const NOW = 780_000;

const total400 = (change: Partial<TrackerState> = {}) =>
  trackerOf({ totalCups: 400, isKneeTold: false, isRough: true, isClimbing: true, probeShare: 0.08, ...change });

/** A healthy window in which 400 was admitted, at the healthy latency. */
const healthy = (change: Partial<Evidence> = {}, seen: Seen = {}) =>
  evidenceOf(signalsOf(seen), { healthyLatencyMs: 100, isFresh: true, isSettled: true, now: NOW, ...change });

/** What a search leaves behind that comes to rest. */
const AT_REST = { totalCups: 400, goodCups: 400, isRough: false, isClimbing: false, probeShare: 0.02 };
const COOLING = { lastActionMs: NOW - 5000 };

describe('a healthy window confirms the total', () => {
  const confirmed = (change: Partial<TrackerState>) =>
    onHealthyAndBound(total400({ ...COOLING, ...change }), healthy(), policy).tracker;

  test('it is good, and cuts before it were not in vain', () => {
    const before = { goodCups: 350, uselessCuts: 2, latencyAtCutMs: 900 };
    expect(confirmed(before)).toMatchObject({ goodCups: 400, uselessCuts: 0, latencyAtCutMs: null });
  });

  const HOUR_AGO = NOW - 3_600_000;
  const own = { cups: 400, atMs: NOW };
  test.each([
    ['the first rate proven is the plateau', null, own],
    ['a higher one proven lately stays', { cups: 600, atMs: HOUR_AGO }, { cups: 600, atMs: HOUR_AGO }],
    ['a higher one that is too old is forgotten', { cups: 600, atMs: HOUR_AGO - 1 }, own],
    ['a lower one gives way', { cups: 300, atMs: NOW - 1 }, own],
    ['the same one is proven anew', { cups: 400, atMs: NOW - 1 }, own],
  ])('%s', (_, plateau, expected) => {
    expect(confirmed({ plateau }).plateau).toEqual(expected);
  });

  const AGE = NOW - 120_000;
  test.each([
    ['a failure beyond the total is believed for its age', { cups: 500, atMs: AGE }, { cups: 500, atMs: AGE }],
    ['a failure older than that is not', { cups: 500, atMs: AGE - 1 }, null],
    ['a failure at the total itself is disproved', { cups: 400, atMs: NOW - 1 }, null],
    ['a failure below the total is disproved', { cups: 300, atMs: NOW - 1 }, null],
    ['without a failure there is none', null, null],
  ])('%s', (_, bad, expected) => {
    expect(confirmed({ bad }).bad).toEqual(expected);
  });
});

test.each([
  ['reversals', 'direction'],
  ['change-budget', 'budget'],
] as const)('when the hour’s %s are spent the total is confirmed and nothing is raised', (frozenBy, named) => {
  const step = onHealthyAndBound(total400(), healthy({ frozenBy }), policy);
  expect(step).toMatchObject({ kind: 'hold', rule: 'probing-stopped', guard: frozenBy, tracker: AT_REST });
  expectReadable(step, '400', named);
});

describe('between two raises', () => {
  const waitedFor = (seconds: number, isBelievedMet: boolean) =>
    onHealthyAndBound(total400({ lastActionMs: NOW - 1000 * seconds }), healthy({ isBelievedMet }), policy);

  test.each([
    ['it waits', 19.5, false, 'cooling-down'],
    ['it waits no longer than that', 20, false, 'probe'],
    ['it waits for longer where nobody believed needs more', 89, true, 'cooling-down'],
    ['it waits no longer than that where nobody believed needs more', 90, true, 'probe'],
  ])('%s', (_, seconds, isBelievedMet, rule) => {
    expect(waitedFor(seconds, isBelievedMet).rule).toBe(rule);
  });

  test('the climb is not over, and the reason names both times', () => {
    const step = waitedFor(19.5, false);
    expect(step).toMatchObject({ kind: 'hold', tracker: { isClimbing: true, probeShare: 0.08 } });
    expectReadable(step, '400', '19.5 s', '20 s');
  });
});

describe('where all believed demand is met', () => {
  test('one failed probe is enough', () => {
    const step = onHealthyAndBound(total400({ badAgeSeconds: 240 }), healthy({ isBelievedMet: true }), policy);
    expect(step).toMatchObject({ kind: 'hold', rule: 'believed-demand-met', tracker: AT_REST });
    expectReadable(step, '400');
  });

  test.each([
    ['without a failed probe it is raised', 120, true],
    ['where somebody believed needs more it is raised', 240, false],
  ])('%s', (_, badAgeSeconds, isBelievedMet) => {
    expect(onHealthyAndBound(total400({ badAgeSeconds }), healthy({ isBelievedMet }), policy).kind).toBe('probe');
  });
});

describe('at the knee', () => {
  test.each([120, 121])('nothing is raised at %d ms, and it is remembered that the knee told', (latencyMs) => {
    const step = onHealthyAndBound(total400(), healthy({}, { latencyMs }), policy);
    expect(step).toMatchObject({ kind: 'hold', rule: 'near-knee', tracker: { ...AT_REST, isKneeTold: true } });
    expectReadable(step, '400', `${latencyMs} ms`, '100 ms');
  });

  test('just before it the search goes on', () => {
    expect(onHealthyAndBound(total400(), healthy({}, { latencyMs: 119 }), policy).kind).toBe('probe');
  });
});

describe('on minute metrics alone', () => {
  const plateau = { cups: 800, atMs: NOW };

  test('the total returns towards the plateau by the steps of minutes', () => {
    const evidence = healthy({}, { source: 'metrics' });
    const step = onHealthyAndBound(total400({ plateau }), evidence, policy);
    expect(step).toMatchObject({ kind: 'relax', rule: 'climb-to-plateau' });
    expect(step.tracker.totalCups).toBeGreaterThan(400);
    expect(step.tracker.totalCups).toBe(minuteRaise(total400({ plateau }), evidence, policy));
  });

  test('it stays where they go no further, also at the knee', () => {
    const step = onHealthyAndBound(total400(), healthy({}, { source: 'metrics', latencyMs: 130 }), policy);
    expect(step).toMatchObject({ kind: 'hold', rule: 'exploration-suspended', tracker: { totalCups: 400 } });
    expectReadable(step, '400');
  });
});
