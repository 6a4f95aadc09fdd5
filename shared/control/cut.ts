import type { Policy } from '../policy/schema.ts';
import type { Rule } from './rules.ts';
import type { TrackerState } from './state.ts';
import { clamp, type Evidence, figure, hold, type Step, withinGuardrails } from './step.ts';

/** A backlog is being worked off while completions exceed what is let in by more than this. */
const DRAINING_SHARE = 1.03;

/** Congested: cut to what the backend completed, once per round. docs/control-law.md, "Cut". */
export function onCongested(tracker: TrackerState, evidence: Evidence, policy: Policy): Step {
  return waitBeforeCut(tracker, evidence, policy) ?? cut(tracker, evidence, policy, cutRule(evidence));
}

function cutRule(evidence: Evidence): Rule {
  return evidence.health === 'severe' ? 'severe-cut' : 'congested-cut';
}

/** Reasons not to cut again: the last cut has not shown yet, is working, or cutting has proved useless. */
function waitBeforeCut(tracker: TrackerState, evidence: Evidence, policy: Policy): Step | undefined {
  const { signals } = evidence;
  const latency = `latency ${figure(signals.latencyMs ?? 0)} ms`;
  if (!evidence.isFresh && tracker.lastAction === 'cut') {
    return hold(tracker, 'awaiting-effect', {
      reason: `Congested (${latency}), but this window was not lived wholly under the last cut: one cut per round.`,
      wouldChange: 'A window that began after the last change took effect.',
    });
  }
  const admitted = signals.total.admittedCups;
  if (tracker.phase === 'drain' && isDraining(tracker, evidence, policy)) {
    return hold(tracker, 'backlog-draining', {
      reason: `Still slow (${latency}), but the backlog shrinks: ${figure(admitted)} cost units/s finished against a total of ${figure(tracker.totalCups ?? 0)}.`,
      wouldChange: 'Latency that no longer falls while completions do not exceed the total.',
    });
  }
  if (tracker.uselessCuts >= policy.tracker.uselessCuts) {
    return hold(tracker, 'cut-does-not-help', {
      reason: `${tracker.uselessCuts} cuts in a row did not lower the ${latency}: it does not depend on our load.`,
      wouldChange: 'A healthy window.',
    });
  }
  return undefined;
}

function isDraining(tracker: TrackerState, evidence: Evidence, policy: Policy): boolean {
  const { signals } = evidence;
  if (!evidence.isFresh) return true;
  if (signals.completedCups > DRAINING_SHARE * (tracker.totalCups ?? Number.POSITIVE_INFINITY)) return true;
  const latencyMs = signals.latencyMs ?? 0;
  return tracker.latencyAtCutMs !== null && latencyMs < policy.tracker.reliefShare * tracker.latencyAtCutMs;
}

/** The cut itself; also taken when errors have proved to come from load. */
export function cut(tracker: TrackerState, evidence: Evidence, policy: Policy, rule: Rule): Step {
  const { signals, now } = evidence;
  const arriving = Math.max(signals.total.admittedCups, evidence.arrivingCups);
  const badCups = Math.min(tracker.totalCups ?? Number.POSITIVE_INFINITY, arriving);
  const isProbeToBlame =
    tracker.lastAction === 'raise' &&
    tracker.goodCups !== null &&
    signals.completedCups >= policy.tracker.probeHarmShare * tracker.goodCups;
  const estimate = isProbeToBlame ? 0.98 * (tracker.goodCups ?? 0) : policy.tracker.aimShare * signals.completedCups;
  const { cutFloorShare, cutCeilingShare } = policy.tracker;
  const good = clamp(estimate, cutFloorShare * badCups, cutCeilingShare * badCups);
  const bounded = withinGuardrails(good, tracker.totalCups ?? arriving, policy);
  const depth = drainDepth(evidence, policy);
  const latencyMs = signals.latencyMs ?? 0;
  const isUseless = tracker.latencyAtCutMs !== null && latencyMs >= policy.tracker.reliefShare * tracker.latencyAtCutMs;
  const next: TrackerState = {
    ...tracker,
    totalCups: Math.max(bounded.cups * (1 - depth), policy.capacity.floorCups ?? 0),
    phase: 'drain',
    goodCups: bounded.cups,
    bad: { cups: badCups, atMs: now },
    badAgeSeconds: tracker.lastAction === 'raise' ? olderBad(tracker, policy) : tracker.badAgeSeconds,
    probeShare: policy.tracker.firstProbeShare,
    lastActionMs: now,
    lastAction: 'cut',
    latencyAtCutMs: latencyMs,
    uselessCuts: isUseless ? tracker.uselessCuts + 1 : 0,
  };
  return {
    tracker: next,
    kind: 'brake',
    rule,
    ...words(next, evidence),
    ...(bounded.guard ? { guard: bounded.guard } : {}),
  };
}

/** A failed probe doubles the time until the next: ask less often what was just answered. */
export function olderBad(tracker: TrackerState, policy: Policy): number {
  return Math.min(policy.tracker.badAgeMaxSeconds, tracker.badAgeSeconds * 2);
}

/** How far below good to go so that the queue seen in the latency is gone within the policy's time. */
function drainDepth(evidence: Evidence, policy: Policy): number {
  if (evidence.health === 'severe') return policy.tracker.drainShare;
  const queueMs = Math.max(0, (evidence.signals.latencyMs ?? 0) - (evidence.healthyLatencyMs ?? 0));
  return Math.min(policy.tracker.drainShare, queueMs / 1000 / policy.tracker.drainSeconds);
}

function words(next: TrackerState, { signals }: Evidence) {
  const latency = `latency ${figure(signals.latencyMs ?? 0)} ms`;
  const errors = `server errors ${figure(signals.errorShare * 100)} %`;
  return {
    reason: `Backend overloaded (${latency}, ${errors}); it completed ${figure(signals.completedCups)} cost units/s, so the total goes to ${figure(next.totalCups ?? 0)} until the backlog is gone.`,
    wouldChange: 'A healthy window lived wholly under this cut.',
  };
}
