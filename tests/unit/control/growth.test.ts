import { initialState, type TrackerState } from '../../../shared/law/state.ts';
import { readSignals } from '../../../shared/law/telling/signals.ts';
import { onHealthyAndBound } from '../../../shared/law/tracking/growth.ts';
import type { Evidence } from '../../../shared/law/tracking/step.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { evidenceOf } from '../../support/builders/step-evidence.ts';
import { logWindow } from '../../support/builders/window-sketch.ts';

const LIVE = { stage: { '*/*': { rateRps: 500, burst: 25 } }, tiers: {} };

const policyWith = (capacity: object = {}) => policySchema.parse({ api: 'a1/dev', capacity });

/** Ten healthy seconds in which so many requests a second were admitted. */
function healthyAt(admittedRps: number): Evidence {
  const window = logWindow(600_000, { premium: { requests: 10 * admittedRps, latencyMs: 240 } });
  const signals = readSignals(window, policyWith(), 1);
  return evidenceOf(signals, {
    healthyLatencyMs: signals.latencyMs ?? 0,
    isFresh: true,
    isSettled: true,
    now: 620_000,
  });
}

const trackerAt = (totalCups: number): TrackerState => ({
  ...initialState(LIVE, 0, 0.02, 120).tracker,
  totalCups,
  goodCups: totalCups,
  isKneeTold: false,
});

test('a total that is admitted in full goes up by a small step', () => {
  const { rule, tracker } = onHealthyAndBound(trackerAt(400), healthyAt(400), policyWith());
  expect(rule).toBe('probe');
  expect(tracker.totalCups).toBeCloseTo(408, 0);
});

test('a total that was not quite admitted is not raised, and the reason says so', () => {
  const { rule, reason, tracker } = onHealthyAndBound(trackerAt(400), healthyAt(380), policyWith());
  expect(rule).toBe('total-not-reached');
  expect(reason).toBe(
    'Healthy, but only 380 of 400 cost units/s were admitted: a raise from there would not exceed the total.',
  );
  expect(tracker.totalCups).toBe(400);
});

describe('a total of which plans let through 95 % only is raised', () => {
  const policy = policyWith();
  const pastMs = 1000 * policy.tracker.pastFactor * policy.tracker.badAgeSeconds;
  const evidence = { ...healthyAt(380), now: 2_000_000 };
  const failedAt = (atMs: number): TrackerState => ({
    ...trackerAt(400),
    lastBad: { cups: 600, atMs },
    plateau: { cups: 500, atMs: 0 },
  });
  const raisedTo = (tracker: TrackerState, seen = evidence) =>
    onHealthyAndBound(tracker, seen, policy).tracker.totalCups;

  test('long after the failure a raise starts from the total, towards what was proven', () => {
    expect(raisedTo(failedAt(2_000_000 - pastMs - 1))).toBeCloseTo(408, 0);
  });

  test('not before', () => {
    expect(raisedTo(failedAt(2_000_000 - pastMs))).toBe(400);
  });

  test('nor while latency shows the knee', () => {
    const nearKnee = { ...evidence, healthyLatencyMs: (evidence.signals.latencyMs ?? 0) / 1.1 };
    expect(raisedTo(failedAt(0), nearKnee)).toBe(400);
  });

  test('beyond what was proven only where the knee tells of capacity', () => {
    const atPlateau = { ...failedAt(0), plateau: { cups: 400, atMs: 1_999_000 } };
    expect(raisedTo(atPlateau)).toBe(400);
    expect(raisedTo({ ...atPlateau, isKneeTold: true })).toBeCloseTo(408, 0);
  });
});

test('at the policy’s ceiling it says so', () => {
  const { rule, wouldChange } = onHealthyAndBound(trackerAt(400), healthyAt(400), policyWith({ ceilingCups: 400 }));
  expect([rule, wouldChange]).toEqual(['at-ceiling', 'A higher capacity.ceilingCups.']);
});
