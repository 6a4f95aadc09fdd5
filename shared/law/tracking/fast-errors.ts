import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { ErrorTest, TrackerState } from '../state.ts';
import { cut } from './cut.ts';
import { type Evidence, figure, hold, percent, type Step } from './step.ts';

/**
 * Errors at healthy latency may have nothing to do with load (a broken dependency, a bad release); cutting would
 * refuse good requests for nothing. So test once: cut a little, look whether the share of successes rises.
 * Undefined when nothing is to be done about the errors.
 */
export function onFastErrors(tracker: TrackerState, evidence: Evidence, policy: Policy): Step | undefined {
  const test = tracker.errorTest;
  const isRemembered = test !== null && evidence.now - test.startedMs < policy.tracker.errorMemorySeconds * 1000;
  if (test?.verdict === 'running') return evaluate(tracker, test, evidence, policy);
  if (evidence.health !== 'erring') return undefined;
  if (test !== null && isRemembered && test.verdict === 'independent') return undefined;
  if (!evidence.isFresh) return awaiting(tracker, evidence);
  if (isRemembered) return cut(tracker, evidence, policy, 'errors-are-load');
  return start(tracker, evidence, policy);
}

function awaiting(tracker: TrackerState, evidence: Evidence): Step {
  return hold(tracker, 'awaiting-effect', {
    reason: `${percent(evidence.signals.errorShare)} quick server errors, but this window was not lived wholly under the limits in force.`,
    wouldChange: 'A window that began after the last change took effect.',
  });
}

function start(tracker: TrackerState, evidence: Evidence, policy: Policy): Step {
  const { signals, now } = evidence;
  const from = Math.min(tracker.totalCups ?? Number.POSITIVE_INFINITY, signals.total.admittedCups);
  const wanted = from * (1 - policy.tracker.errorTestCutShare);
  const totalCups = Math.max(wanted, policy.capacity.floorCups ?? 0);
  const errorTest: ErrorTest = {
    startedMs: now,
    verdict: 'running',
    successShare: 1 - signals.errorShare,
    admittedCups: signals.total.admittedCups,
    totalCups: tracker.totalCups,
  };
  return {
    tracker: { ...tracker, totalCups, errorTest, lastAction: 'cut', lastActionMs: now },
    kind: 'brake',
    rule: 'error-test',
    reason: `${percent(signals.errorShare)} server errors at a healthy latency: cutting ${percent(policy.tracker.errorTestCutShare)} once, to ${figure(totalCups)} cost units/s, to see whether they depend on load.`,
    wouldChange: 'The next round decides: fewer errors mean load, the same share means not.',
  };
}

function evaluate(tracker: TrackerState, test: ErrorTest, evidence: Evidence, policy: Policy): Step {
  const { signals } = evidence;
  if (!evidence.isFresh) {
    return hold(tracker, 'error-test-running', {
      reason: 'The cut that tests the server errors has not shown its effect yet.',
      wouldChange: 'A window lived wholly under that cut.',
    });
  }
  const fall = test.admittedCups / Math.max(1, signals.total.admittedCups) - 1;
  const gain = (1 - signals.errorShare) / Math.max(0.001, test.successShare) - 1;
  const { errorTestLeastFallShare, errorTestDecisiveShare } = policy.tracker;
  const isLoad = fall >= errorTestLeastFallShare && gain >= errorTestDecisiveShare * fall;
  const decided: TrackerState = { ...tracker, errorTest: { ...test, verdict: isLoad ? 'load' : 'independent' } };
  if (isLoad && evidence.health === 'erring') return cut(decided, evidence, policy, 'errors-are-load');
  if (isLoad) {
    return {
      tracker: { ...decided, goodCups: tracker.totalCups },
      kind: 'tighten',
      rule: 'errors-are-load',
      reason: `The server errors fell to ${percent(signals.errorShare)} with the load: the lower total stays.`,
      wouldChange: 'The bracket search, once the total binds.',
    };
  }
  return {
    tracker: { ...decided, totalCups: test.totalCups, lastAction: 'none', lastActionMs: evidence.now },
    kind: 'relax',
    rule: 'errors-not-load',
    reason: `Less load did not lower the share of server errors (${percent(signals.errorShare)}): they are not ours to cure, the cut is taken back.`,
    wouldChange: `Latency rising as well, or ${policy.tracker.errorMemorySeconds} s from now another test.`,
  };
}
