import type { Policy } from '../policy/schema.ts';
import { thresholds } from './health.ts';
import type { Rule } from './rules.ts';
import type { Mark, TrackerState } from './state.ts';
import { clamp, type Evidence, figure, hold, type Step, withinGuardrails } from './step.ts';

/** A backlog is being worked off while completions exceed what is let in by more than this. */
const DRAINING_SHARE = 1.03;
/** After a failed probe the rate before it is kept, less a trifle: it may have been at the edge itself. */
const AFTER_PROBE_SHARE = 0.98;

/** Congested: cut to what the backend completed, once per round. docs/control-law.md, "Cut". */
export function onCongested(before: TrackerState, evidence: Evidence, policy: Policy): Step {
  const tracker = learnFromDrain(before, evidence, policy);
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

/**
 * A collapsing backend completes less than it could; as its backlog shrinks, completions rise towards its capacity.
 * The best of them while it is still saturated is the better estimate, within the bracket.
 */
function learnFromDrain(tracker: TrackerState, evidence: Evidence, policy: Policy): TrackerState {
  const wasSevere = (tracker.latencyAtCutMs ?? 0) > thresholds(evidence.healthyLatencyMs, policy).severeMs;
  if (!wasSevere || tracker.phase !== 'drain' || tracker.goodCups === null || tracker.bad === null) return tracker;
  const estimate = policy.tracker.aimShare * evidence.signals.completedCups;
  const most = policy.tracker.cutCeilingShare * tracker.bad.cups;
  return { ...tracker, goodCups: Math.max(tracker.goodCups, Math.min(estimate, most)) };
}

/** The cut itself; also taken when errors have proved to come from load. */
export function cut(tracker: TrackerState, evidence: Evidence, policy: Policy, rule: Rule): Step {
  const { now, signals } = evidence;
  const arriving = Math.max(signals.total.admittedCups, evidence.arrivingCups);
  const failedCups = Math.min(tracker.totalCups ?? Number.POSITIVE_INFINITY, arriving);
  const bounded = withinGuardrails(
    estimate(tracker, failedCups, evidence, policy),
    tracker.totalCups ?? arriving,
    policy,
  );
  const depth = drainDepth(tracker, evidence, policy);
  const next: TrackerState = {
    ...tracker,
    ...bracket(tracker, bounded.cups, { cups: failedCups, atMs: now }),
    totalCups: Math.max(bounded.cups * (1 - depth), policy.capacity.floorCups ?? 0),
    phase: 'drain',
    plateau: tracker.plateau ?? evidence.confirmed,
    badAgeSeconds: tracker.lastAction === 'raise' ? olderBad(tracker, policy) : tracker.badAgeSeconds,
    probeShare: policy.tracker.firstProbeShare,
    lastActionMs: now,
    lastAction: 'cut',
    latencyAtCutMs: signals.latencyMs ?? 0,
    uselessCuts: isUseless(tracker, evidence, policy) ? tracker.uselessCuts + 1 : 0,
  };
  return {
    tracker: next,
    kind: 'brake',
    rule,
    ...words(next, evidence),
    ...(bounded.guard ? { guard: bounded.guard } : {}),
  };
}

/**
 * How far below the good rate. While a backlog of B seconds stands, every answer is late; while it is being drained at
 * depth d, B/d seconds, and until that is seen, a round of T, d of the capacity idles: the sum is least at sqrt(B/T).
 * Until the cut takes effect the backlog grows on, after a probe by no more than the probe.
 */
export function drainDepth(
  tracker: TrackerState,
  { signals, healthyLatencyMs, now }: Evidence,
  policy: Policy,
): number {
  const { drainShare, drainRoundSeconds, backlogGrowthShare } = policy.tracker;
  const seenSeconds = Math.max(0, (signals.latencyMs ?? 0) - (healthyLatencyMs ?? 0)) / 1000;
  const sinceSeconds = (now - signals.startMs) / 1000;
  const { lastAction, totalCups, goodCups } = tracker;
  const excess = totalCups === null || goodCups === null ? Number.POSITIVE_INFINITY : totalCups / goodCups - 1;
  const growth = lastAction === 'raise' ? Math.min(backlogGrowthShare, Math.max(0, excess)) : backlogGrowthShare;
  const backlogSeconds = seenSeconds + growth * sinceSeconds;
  return Math.min(drainShare, Math.sqrt(backlogSeconds / drainRoundSeconds));
}

/** What the backend bears: where it stood before a probe that failed, else the aimed-at share of its completions. */
function estimate(tracker: TrackerState, failedCups: number, { signals }: Evidence, policy: Policy): number {
  const { aimShare, cutFloorShare, cutCeilingShare, probeHarmShare } = policy.tracker;
  const { goodCups } = tracker;
  const isProbeToBlame =
    tracker.lastAction === 'raise' && goodCups !== null && signals.completedCups >= probeHarmShare * goodCups;
  const wanted = isProbeToBlame ? afterProbe(goodCups, failedCups, policy) : aimShare * signals.completedCups;
  return clamp(wanted, cutFloorShare * failedCups, cutCeilingShare * failedCups);
}

/** Capacity lies between the good rate and the probe that failed; the good one may have been at the edge itself. */
export function afterProbe(goodCups: number, failedCups: number, policy: Policy): number {
  return Math.min(AFTER_PROBE_SHARE * goodCups, policy.tracker.aimShare * failedCups);
}

/**
 * While a backlog drains, the total in force is not to blame for the latency: the bracket stays, the drain deepens.
 */
function bracket(tracker: TrackerState, goodCups: number, bad: Mark): Pick<TrackerState, 'goodCups' | 'bad'> {
  if (tracker.phase !== 'drain' || tracker.bad === null) return { goodCups, bad };
  return { goodCups: Math.max(tracker.goodCups ?? 0, goodCups), bad: tracker.bad };
}

function isUseless(tracker: TrackerState, { signals }: Evidence, policy: Policy): boolean {
  const { latencyAtCutMs } = tracker;
  return latencyAtCutMs !== null && (signals.latencyMs ?? 0) >= policy.tracker.reliefShare * latencyAtCutMs;
}

/** A failed probe doubles the time until the next: ask less often what was just answered. */
export function olderBad(tracker: TrackerState, policy: Policy): number {
  return Math.min(policy.tracker.badAgeMaxSeconds, tracker.badAgeSeconds * 2);
}

function words(next: TrackerState, { signals }: Evidence) {
  const latency = `latency ${figure(signals.latencyMs ?? 0)} ms`;
  const errors = `server errors ${figure(signals.errorShare * 100)} %`;
  return {
    reason: `Backend overloaded (${latency}, ${errors}); it completed ${figure(signals.completedCups)} cost units/s, so the total goes to ${figure(next.totalCups ?? 0)} until the backlog is gone.`,
    wouldChange: 'A healthy window lived wholly under this cut.',
  };
}
