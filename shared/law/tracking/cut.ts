import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { Rule } from '../law-rules.ts';
import type { Mark, TrackerState } from '../state.ts';
import { learnFromMinute, minuteDrain, minuteEstimate } from './minutes.ts';
import { clamp, type Evidence, figure, hold, type Step, withinGuardrails } from './step.ts';

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
  if (!evidence.isFresh && (tracker.lastAction === 'cut' || tracker.lastAction === 'drained')) {
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
  if (tracker.lastAction === 'drained' && isRelieved(tracker, evidence, policy)) {
    return hold({ ...tracker, latencyAtCutMs: signals.latencyMs ?? 0 }, 'backlog-draining', {
      reason: `Still slow (${latency}), but less so than at the cut: the rest of the backlog is being worked off.`,
      wouldChange: 'Latency that no longer falls.',
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
  if (signals.completedCups > policy.tracker.drainingFactor * (tracker.totalCups ?? Number.POSITIVE_INFINITY))
    return true;
  return isRelieved(tracker, evidence, policy);
}

/** Distinctly less slow than at the cut. */
function isRelieved({ latencyAtCutMs }: TrackerState, { signals }: Evidence, policy: Policy): boolean {
  return latencyAtCutMs !== null && (signals.latencyMs ?? 0) < policy.tracker.reliefShare * latencyAtCutMs;
}

/**
 * What windows say of the capacity after the cut. The first congested one may have begun before the trouble and shows too
 * much; the next, if it ended before the cut, shows too little where the backend collapses: the mean is good for both. Later ones hold the end of the backlog, so they
 * show less than the capacity; but where a collapse recedes, the best of them shows more than was known.
 */
export function learnFromDrain(tracker: TrackerState, evidence: Evidence, policy: Policy): TrackerState {
  const { signals, health } = evidence;
  const isSlow = health === 'congested' || health === 'severe';
  if (isSlow && signals.source === 'metrics') return learnFromMinute(tracker, evidence, policy);
  if (!isSlow || tracker.phase !== 'drain' || tracker.goodCups === null || tracker.bad === null) return tracker;
  const { aimShare, cutFloorShare, cutCeilingShare } = policy.tracker;
  const failedCups = tracker.bad.cups;
  const estimate = clamp(aimShare * signals.completedCups, cutFloorShare * failedCups, cutCeilingShare * failedCups);
  const isBeforeCut = signals.endMs <= tracker.lastActionMs && tracker.lastAction === 'cut' && !tracker.isProbeFailed;
  if (isBeforeCut) return { ...tracker, goodCups: (tracker.goodCups + estimate) / 2 };
  return tracker.isRough ? { ...tracker, goodCups: Math.max(tracker.goodCups, estimate) } : tracker;
}

/** The cut itself; also taken when errors have proved to come from load. */
export function cut(tracker: TrackerState, evidence: Evidence, policy: Policy, rule: Rule): Step {
  const { now, signals } = evidence;
  const arriving = Math.max(signals.total.admittedCups, evidence.arrivingCups);
  // Minutes may be older than the total.
  const isUnderTotal = evidence.isFresh || signals.source === 'logs';
  const failedCups = Math.min(isUnderTotal ? (tracker.totalCups ?? arriving) : arriving, arriving);
  const bounded = withinGuardrails(
    estimate(tracker, failedCups, evidence, policy),
    tracker.totalCups ?? arriving,
    policy,
  );
  const drain = drainOf(tracker, evidence, policy);
  const failed = { cups: failedCups, atMs: now };
  const isRough = evidence.health === 'severe' && !isProbeToBlame(tracker, evidence, policy);
  const next: TrackerState = {
    ...tracker,
    ...bracket(tracker, bounded.cups, failed),
    totalCups: Math.max(bounded.cups * (1 - drain.depth), policy.capacity.floorCups ?? 0),
    phase: 'drain',
    drainUntilMs: now + drain.seconds * 1000,
    isRough,
    isProbeFailed: isProbeToBlame(tracker, evidence, policy),
    isKneeTold: false,
    isClimbing: false,
    // Whatever a test of errors was to show, this cut has overtaken it.
    errorTest: tracker.errorTest?.verdict === 'running' ? null : tracker.errorTest,
    lastBad: tracker.phase === 'drain' && tracker.bad !== null ? tracker.lastBad : failed,
    plateau: tracker.plateau ?? evidence.confirmed,
    badAgeSeconds: tracker.lastAction === 'raise' ? olderBad(tracker, policy) : tracker.badAgeSeconds,
    probeShare: isRough ? policy.tracker.roughProbeShare : policy.tracker.firstProbeShare,
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

export interface Drain {
  /** Share of the good rate that is held back. */
  readonly depth: number;
  /** For so long, from the writing of the cut to the writing of its end. */
  readonly seconds: number;
}

/**
 * How far below the good rate, and for how long. While a backlog of B seconds stands, every answer is late; at a depth of
 * d it is gone after B/d seconds, and where that was misjudged by T, a part d of the capacity idles for as long: the sum
 * is least at d = sqrt(B/T). Until the cut takes effect the backlog grows on as it did from window to window, after a probe
 * by no more than the probe.
 */
export function drainOf(tracker: TrackerState, evidence: Evidence, policy: Policy): Drain {
  const { signals, healthyLatencyMs, now } = evidence;
  if (signals.source === 'metrics') return minuteDrain(evidence, policy);
  const { drainShare, drainErrorSeconds, backlogGrowthShare, mostGrowthShare } = policy.tracker;
  const seenSeconds = Math.max(0, (signals.latencyMs ?? 0) - (healthyLatencyMs ?? 0)) / 1000;
  const sinceSeconds = (now - signals.startMs) / 1000;
  const { lastAction, totalCups, goodCups } = tracker;
  const excess = totalCups === null || goodCups === null ? Number.POSITIVE_INFINITY : totalCups / goodCups - 1;
  const seen = Math.max(backlogGrowthShare, Math.min(mostGrowthShare, evidence.latencyGrowth));
  const growth = lastAction === 'raise' ? Math.min(seen, Math.max(backlogGrowthShare / 3, excess)) : seen;
  const backlogSeconds = seenSeconds + growth * sinceSeconds;
  const depth = Math.min(drainShare, Math.sqrt(backlogSeconds / drainErrorSeconds));
  return { depth, seconds: depth > 0 ? backlogSeconds / depth : 0 };
}

/** What the backend bears: where it stood before a probe that failed, else the aimed-at share of its completions. */
function estimate(tracker: TrackerState, failedCups: number, evidence: Evidence, policy: Policy): number {
  const isMinutes = evidence.signals.source === 'metrics';
  const { aimShare, cutCeilingShare } = policy.tracker;
  const { cutFloorShare } = isMinutes ? policy.minutes : policy.tracker;
  const wanted = isProbeToBlame(tracker, evidence, policy)
    ? afterProbe(tracker.goodCups ?? 0, failedCups, policy)
    : isMinutes
      ? minuteEstimate(failedCups, evidence, isFirstCut(tracker), policy)
      : aimShare * evidence.signals.completedCups;
  return clamp(wanted, cutFloorShare * failedCups, cutCeilingShare * failedCups);
}

function isFirstCut({ lastAction }: TrackerState): boolean {
  return lastAction !== 'cut' && lastAction !== 'drained';
}

/** The last raise did it: what was good before it still is, if completions reach nearly that. */
function isProbeToBlame({ lastAction, goodCups }: TrackerState, { signals }: Evidence, policy: Policy): boolean {
  return (
    lastAction === 'raise' && goodCups !== null && signals.completedCups >= policy.tracker.probeHarmShare * goodCups
  );
}

/** Capacity lies between the good rate and the probe that failed; the good one may have been at the edge itself. */
export function afterProbe(goodCups: number, failedCups: number, policy: Policy): number {
  const { afterProbeShare, aimShare } = policy.tracker;
  return Math.min(afterProbeShare * goodCups, aimShare * failedCups);
}

/**
 * While a backlog drains, the total in force is not to blame for the latency: the bracket stays, the drain deepens.
 */
function bracket(tracker: TrackerState, goodCups: number, bad: Mark): Pick<TrackerState, 'goodCups' | 'bad'> {
  if (tracker.phase !== 'drain' || tracker.bad === null) return { goodCups, bad };
  return { goodCups: Math.max(tracker.goodCups ?? 0, goodCups), bad: tracker.bad };
}

function isUseless(tracker: TrackerState, evidence: Evidence, policy: Policy): boolean {
  return tracker.latencyAtCutMs !== null && !isRelieved(tracker, evidence, policy);
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
