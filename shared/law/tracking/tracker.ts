import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { TrackerState } from '../state.ts';
import { thresholds } from '../telling/health.ts';
import { afterProbe, drainOf, learnFromDrain, olderBad, onCongested } from './cut.ts';
import { onFastErrors } from './fast-errors.ts';
import { onHealthyAndBound } from './growth.ts';
import { type Evidence, figure, hold, type Step } from './step.ts';

/**
 * One step of the bracketed capacity tracker (docs/control-law.md, "The tracker"): at most one action, on one window
 * of evidence. Pure.
 */
export function track(before: TrackerState, evidence: Evidence, policy: Policy): Step {
  const tracker = learnFromDrain(before, evidence, policy);
  if (isDrained(tracker, evidence)) return endDrain(tracker, evidence);
  if (evidence.health === 'thin') return thin(tracker, evidence, policy);
  if (evidence.health === 'congested' || evidence.health === 'severe') return onCongested(tracker, evidence, policy);
  // Quick errors come from no queue: the backlog is gone, and a test of them must not begin below what was good.
  if (tracker.phase === 'drain' && evidence.health === 'erring' && evidence.isFresh) return endDrain(tracker, evidence);
  const errors = onFastErrors(tracker, evidence, policy);
  if (errors !== undefined) return errors;
  if (isSlow(evidence, policy)) return onWatch(tracker, evidence, policy);
  return onHealthy({ ...tracker, uselessCuts: 0 }, evidence, policy);
}

/** The time that the backlog needs is over, and no window has yet been lived wholly under the drain to tell otherwise. */
function isDrained({ phase, drainUntilMs }: TrackerState, { isFresh, now }: Evidence): boolean {
  return phase === 'drain' && drainUntilMs !== null && now >= drainUntilMs && !isFresh;
}

function thin(tracker: TrackerState, evidence: Evidence, policy: Policy): Step {
  return hold(tracker, evidence.signals.samples === 0 ? 'idle' : 'too-few-answers', {
    reason: `${figure(evidence.signals.samples)} answers of the backend in the newest window say nothing about its health.`,
    wouldChange: `At least ${policy.tracker.minimumSamples} answers in a window.`,
  });
}

/** Slower than healthy. */
function isSlow(evidence: Evidence, policy: Policy): boolean {
  return (evidence.signals.latencyMs ?? 0) > thresholds(evidence.healthyLatencyMs, policy).watchMs;
}

/** Slower than healthy, not yet congested: raise nothing; if a probe did it, take the probe back. */
function onWatch(tracker: TrackerState, evidence: Evidence, policy: Policy): Step {
  const latency = `Latency ${figure(evidence.signals.latencyMs ?? 0)} ms against a healthy ${figure(evidence.healthyLatencyMs ?? 0)} ms`;
  const { totalCups, goodCups } = tracker;
  const isProbe = evidence.isFresh && tracker.lastAction === 'raise' && totalCups !== null && goodCups !== null;
  if (isProbe && goodCups < totalCups) {
    const before = afterProbe(goodCups, totalCups, policy);
    return retreat(tracker, { goodCups: before, totalCups, latency, rule: 'probe-retreat' }, evidence, policy);
  }
  if (evidence.isFresh) {
    const admitted = evidence.signals.total.admittedCups;
    const present = Math.min(totalCups ?? admitted, admitted);
    const eased = present * (1 - policy.tracker.easeShare);
    return retreat(tracker, { goodCups: eased, totalCups: present, latency, rule: 'ease' }, evidence, policy);
  }
  return hold(tracker, 'watching', {
    reason: `${latency}: watching, nothing is raised.`,
    wouldChange: `Latency above ${figure(thresholds(evidence.healthyLatencyMs, policy).congestedMs)} ms cuts; a healthy window frees the search.`,
  });
}

interface FailedProbe {
  /** To where. */
  readonly goodCups: number;
  readonly totalCups: number;
  readonly latency: string;
  /** `ease`: nothing was raised, so the backend bears less than it did; a little less now spares a cut later. */
  readonly rule: 'probe-retreat' | 'ease';
}

/** Takes a step back before it is congestion; a queue that has built up needs a shallow drain. */
function retreat(tracker: TrackerState, probe: FailedProbe, evidence: Evidence, policy: Policy): Step {
  const { firstProbeShare, kneeFactor } = policy.tracker;
  // Slowness that nobody caused may be the knee itself; only what is beyond it is a queue.
  const queueFactor = probe.rule === 'ease' ? policy.tracker.queueFactor : kneeFactor;
  const hasQueue = (evidence.signals.latencyMs ?? 0) > queueFactor * (evidence.healthyLatencyMs ?? 0);
  const { goodCups } = probe;
  const failed = { cups: probe.totalCups, atMs: evidence.now };
  const drain = hasQueue ? drainOf(tracker, evidence, policy) : { depth: 0, seconds: 0 };
  const totalCups = Math.max(goodCups * (1 - drain.depth), policy.capacity.floorCups ?? 0);
  return {
    tracker: {
      ...tracker,
      totalCups,
      goodCups,
      phase: hasQueue ? 'drain' : 'hold',
      drainUntilMs: hasQueue ? evidence.now + drain.seconds * 1000 : null,
      isRough: false,
      isProbeFailed: true,
      isClimbing: false,
      bad: failed,
      badAgeSeconds: olderBad(tracker, policy),
      lastBad: failed,
      probeShare: firstProbeShare,
      lastAction: 'cut',
      lastActionMs: evidence.now,
    },
    kind: 'tighten',
    rule: probe.rule,
    reason: `${probe.latency} ${probe.rule === 'ease' ? 'although nothing was raised, at' : 'after the probe of'} ${figure(probe.totalCups)}: back to ${figure(totalCups)} cost units/s${hasQueue ? ` until its queue is gone, then to ${figure(goodCups)}` : ''}.`,
    wouldChange: `The failed probe being older than ${figure(olderBad(tracker, policy))} s.`,
  };
}

function onHealthy(tracker: TrackerState, evidence: Evidence, policy: Policy): Step {
  const { totalCups } = tracker;
  const admitted = evidence.signals.total.admittedCups;
  if (totalCups === null) {
    return hold(tracker, 'at-rest', {
      reason: `Healthy; ${figure(admitted)} cost units/s admitted, nothing binds but the standing guard.`,
      wouldChange: 'Demand above the guard, or a backend in trouble.',
    });
  }
  if (!evidence.isFresh) {
    return hold(tracker, 'awaiting-effect', {
      reason: 'Healthy, but the newest window was not lived wholly under the limits in force.',
      wouldChange: 'A window that began after the last change took effect.',
    });
  }
  if (tracker.phase === 'drain') return endDrain(tracker, evidence);
  if (!evidence.isContended) {
    return hold({ ...tracker, badAgeSeconds: policy.tracker.badAgeSeconds }, 'at-rest', {
      reason: `Healthy; all who ask fit into the total of ${figure(totalCups)} cost units/s (${figure(admitted)} admitted), so it teaches nothing.`,
      wouldChange: 'Demand above the total, or a backend in trouble.',
    });
  }
  const { utilisationGateShare } = policy.tracker;
  if (!evidence.isSettled && admitted < utilisationGateShare * totalCups) {
    return hold(tracker, 'awaiting-plans', {
      reason: 'Healthy, but usage plans that the total needs are not in force yet.',
      wouldChange: 'Every plan written and in force.',
    });
  }
  if (admitted < utilisationGateShare * totalCups) {
    return hold(tracker, 'total-not-reached', {
      reason: `Healthy, but only ${figure(admitted)} of ${figure(totalCups)} cost units/s were admitted: nothing learned about more.`,
      wouldChange: `At least ${figure(utilisationGateShare * totalCups)} cost units/s admitted.`,
    });
  }
  return onHealthyAndBound(tracker, evidence, policy);
}

function endDrain(tracker: TrackerState, evidence: Evidence): Step {
  const goodCups = tracker.goodCups ?? tracker.totalCups;
  return {
    tracker: {
      ...tracker,
      totalCups: goodCups,
      phase: 'hold',
      drainUntilMs: null,
      lastAction: 'drained',
      lastActionMs: evidence.now,
      latencyAtCutMs: Math.max(tracker.latencyAtCutMs ?? 0, evidence.signals.latencyMs ?? 0),
    },
    kind: 'relax',
    rule: 'drain-over',
    reason: `The backlog is gone, or should be by now (newest latency ${figure(evidence.signals.latencyMs ?? 0)} ms): the total returns to ${figure(goodCups ?? 0)} cost units/s, what the backend proved to bear.`,
    wouldChange: 'A healthy window with this total binding starts the search upwards.',
  };
}
