import type { CostUnitsPerSecond } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { Rule } from '../law-rules.ts';
import type { TrackerState } from '../state.ts';
import { headroom } from '../telling/health.ts';
import { minuteRaise } from './minutes.ts';
import { type Evidence, figure, hold, percent, type Step, withinGuardrails } from './step.ts';

/** Healthy, and the total binds: confirm it as good, then search upwards. docs/control-law.md, "Growth". */
export function onHealthyAndBound(tracker: TrackerState, evidence: Evidence, policy: Policy): Step {
  const total = tracker.totalCups ?? 0;
  const confirmed = confirm(tracker, total, evidence, policy);
  if (evidence.frozenBy !== undefined) {
    const why =
      evidence.frozenBy === 'reversals' ? 'limits changed direction too often' : 'the budget of changes is spent';
    const held = hold(atRest(confirmed, policy), 'probing-stopped', {
      reason: `Healthy at ${figure(total)} cost units/s, but ${why} within the last hour: nothing is raised.`,
      wouldChange: 'Fewer changes within the last hour.',
    });
    return { ...held, guard: evidence.frozenBy };
  }
  const sinceSeconds = (evidence.now - tracker.lastActionMs) / 1000;
  const { raiseCooldownSeconds, unneededRaiseCooldownSeconds } = policy.guardrails;
  const cooldownSeconds = evidence.isBelievedMet ? unneededRaiseCooldownSeconds : raiseCooldownSeconds;
  if (sinceSeconds < cooldownSeconds) {
    return hold(confirmed, 'cooling-down', {
      reason: `Healthy at ${figure(total)} cost units/s, ${figure(sinceSeconds)} s after the last change.`,
      wouldChange: `${cooldownSeconds} s after the last change.`,
    });
  }
  if (evidence.signals.source === 'metrics') return slowReturn(confirmed, evidence, policy);
  if (evidence.isBelievedMet && tracker.badAgeSeconds > policy.tracker.badAgeSeconds) {
    return hold(atRest(confirmed, policy), 'believed-demand-met', {
      reason: `Healthy at ${figure(total)} cost units/s, which serves all believed demand; a probe has failed, and only a runaway client or retries would gain from another.`,
      wouldChange: 'Believed demand above the total, or demand back within it.',
    });
  }
  if (isNearKnee(evidence, policy)) {
    return hold({ ...atRest(confirmed, policy), isKneeTold: true }, 'near-knee', {
      reason: `Healthy at ${figure(total)} cost units/s, but latency (${figure(evidence.signals.latencyMs ?? 0)} ms) begins to rise: no further probe.`,
      wouldChange: `Latency closer to its healthy ${figure(evidence.healthyLatencyMs ?? 0)} ms.`,
    });
  }
  return search(confirmed, evidence, policy);
}

/** The climb is over: the plans are written for the total itself, and what is known of it is no longer rough. */
function atRest(tracker: TrackerState, policy: Policy): TrackerState {
  return { ...tracker, isRough: false, isClimbing: false, probeShare: policy.tracker.firstProbeShare };
}

/** At the knee, latency tells that capacity is close: the next probe would find it the hard way. */
function isNearKnee(evidence: Evidence, policy: Policy): boolean {
  return headroom(evidence.signals.latencyMs, evidence.healthyLatencyMs, policy) <= 0;
}

function confirm(tracker: TrackerState, total: number, evidence: Evidence, policy: Policy): TrackerState {
  const { bad, plateau } = tracker;
  const isBadOld = bad !== null && evidence.now - bad.atMs > tracker.badAgeSeconds * 1000;
  const isPlateauOld = plateau !== null && evidence.now - plateau.atMs > policy.tracker.plateauMemorySeconds * 1000;
  const kept = isPlateauOld ? null : plateau;
  return {
    ...tracker,
    goodCups: total,
    uselessCuts: 0,
    latencyAtCutMs: null,
    plateau: kept !== null && kept.cups > total ? kept : { cups: total, atMs: evidence.now },
    bad: isBadOld || (bad !== null && bad.cups <= total) ? null : bad,
  };
}

function search(tracker: TrackerState, evidence: Evidence, policy: Policy): Step {
  const total = tracker.totalCups ?? 0;
  const { firstProbeShare, kneeStepShare } = policy.tracker;
  const room = headroom(evidence.signals.latencyMs, evidence.healthyLatencyMs, policy);
  const leastShare = tracker.isKneeTold ? kneeStepShare * room ** 4 * promptness(evidence, policy) : 0;
  const stepShare = Math.max(firstProbeShare, leastShare, tracker.probeShare * room ** 4);
  if (tracker.bad !== null && !isBadBelied(tracker, room, policy)) {
    const gap = tracker.bad.cups - total;
    if (gap <= policy.tracker.tightBracketShare * tracker.bad.cups) {
      return hold(atRest(tracker, policy), 'bracket-tight', {
        reason: `Healthy at ${figure(total)}; ${figure(tracker.bad.cups)} cost units/s failed ${figure((evidence.now - tracker.bad.atMs) / 1000)} s ago: nothing to gain between.`,
        wouldChange: `The failure being older than ${figure(tracker.badAgeSeconds)} s.`,
      });
    }
    const wanted = total + Math.min(gap / 2, total * stepShare);
    return raise(tracker, wanted, 'bisect', evidence, policy);
  }
  return searchOpen({ ...tracker, bad: null }, stepShare, evidence, policy);
}

/** Late news of a step that went too far leaves a longer queue: 1 for news as prompt as it can be. */
function promptness({ signals, now }: Evidence, policy: Policy): number {
  return Math.min(1, (1000 * policy.tracker.promptSeconds) / (now - signals.startMs));
}

/**
 * A failure at this very load is belied where the backend told of its knee by latency, and latency shows none now: it
 * bears more than it did.
 */
function isBadBelied({ isKneeTold }: TrackerState, room: number, policy: Policy): boolean {
  return isKneeTold && room >= policy.tracker.beliedRoomShare;
}

/** No failure stands in the way. */
function searchOpen(tracker: TrackerState, stepShare: number, evidence: Evidence, policy: Policy): Step {
  const total = tracker.totalCups ?? 0;
  const { firstProbeShare } = policy.tracker;
  const plateau = tracker.plateau?.cups ?? total;
  const isBelow = plateau > total * (1 + firstProbeShare);
  const isOpen = tracker.lastBad === null || isBeyondLastBad(tracker, policy);
  const share =
    isOpen || isBelow || tracker.isKneeTold ? stepShare : Math.min(firstProbeShare, affordableShare(evidence, policy));
  const wanted = total * (1 + share);
  const most = isBelow ? plateau : wanted;
  return raise(tracker, Math.min(wanted, most), isBelow ? 'climb-to-plateau' : 'probe', evidence, policy);
}

/** What failed last is healthy now: the backend bears more than it did, and the way up is open. */
export function isBeyondLastBad({ totalCups, lastBad }: TrackerState, policy: Policy): boolean {
  return totalCups !== null && lastBad !== null && totalCups >= lastBad.cups * (1 + policy.tracker.firstProbeShare);
}

/** Against a full backend an excess of e lasts a loop time T and leaves e x T seconds of queue. */
function affordableShare({ signals, now, isBelievedMet }: Evidence, policy: Policy): number {
  const { probeQueueSeconds, firstProbeShare } = policy.tracker;
  const loopSeconds = (now - signals.startMs) / 1000 + policy.guardrails.planWriteSeconds;
  const share = Math.max(firstProbeShare / 2, probeQueueSeconds / loopSeconds);
  // All are served what they are believed to want: they must not pay for the search.
  return isBelievedMet ? share / 2 : share;
}

function slowReturn(tracker: TrackerState, evidence: Evidence, policy: Policy): Step {
  const total = tracker.totalCups ?? 0;
  const wanted = minuteRaise(tracker, evidence, policy);
  if (wanted === undefined) {
    return hold(tracker, 'exploration-suspended', {
      reason: `Only minute metrics are to be had: too late to probe, so the total stays at ${figure(total)} cost units/s.`,
      wouldChange: 'Windows from the access log.',
    });
  }
  return raise(tracker, wanted, 'climb-to-plateau', evidence, policy);
}

/** What was not reached proves nothing: a raise starts from what was admitted, or nearly. */
function reachable(wantedCups: CostUnitsPerSecond, tracker: TrackerState, evidence: Evidence, policy: Policy) {
  if (isFailurePast(tracker, evidence, policy)) return wantedCups;
  const total = tracker.totalCups ?? 0;
  return Math.min(
    wantedCups,
    (wantedCups / total) * policy.tracker.reachedFactor * evidence.signals.total.admittedCups,
  );
}

/**
 * Long after the last failure, with latency flat, towards what was once proven or where the knee tells of capacity: then
 * a few percent that the plans let through too little must not hold the total down for good.
 */
function isFailurePast(tracker: TrackerState, { signals, healthyLatencyMs, now }: Evidence, policy: Policy): boolean {
  const { totalCups, plateau, lastBad, badAgeSeconds, isKneeTold } = tracker;
  const isBelowPlateau = (plateau?.cups ?? 0) > (totalCups ?? 0);
  const pastMs = 1000 * policy.tracker.pastFactor * badAgeSeconds;
  const isPast = lastBad === null || now - lastBad.atMs > pastMs;
  const room = headroom(signals.latencyMs, healthyLatencyMs, policy);
  return isPast && room >= policy.tracker.beliedRoomShare && (isBelowPlateau || isKneeTold);
}

/** The policy's ceiling is reached, or too little of the total was admitted for a raise to be more than it. */
function notRaised(tracker: TrackerState, guard: string | undefined, evidence: Evidence, policy: Policy): Step {
  const total = figure(tracker.totalCups ?? 0);
  if (guard === 'capacity-ceiling') {
    return hold(atRest(tracker, policy), 'at-ceiling', {
      reason: `Healthy at ${total} cost units/s, which is the ceiling that the policy sets.`,
      wouldChange: 'A higher capacity.ceilingCups.',
    });
  }
  const admitted = figure(evidence.signals.total.admittedCups);
  return hold(atRest(tracker, policy), 'total-not-reached', {
    reason: `Healthy, but only ${admitted} of ${total} cost units/s were admitted: a raise from there would not exceed the total.`,
    wouldChange: 'More of the total admitted.',
  });
}

function raise(
  tracker: TrackerState,
  wantedCups: CostUnitsPerSecond,
  rule: Rule,
  evidence: Evidence,
  policy: Policy,
): Step {
  const total = tracker.totalCups ?? 0;
  const bounded = withinGuardrails(reachable(wantedCups, tracker, evidence, policy), total, policy);
  if (bounded.cups <= total) return notRaised(tracker, bounded.guard, evidence, policy);
  const { probeGrowthFactor, firstProbeShare, largeStepShare } = policy.tracker;
  const stepShare = bounded.cups / total - 1;
  const growthFactor = isBeyondLastBad(tracker, policy) ? probeGrowthFactor ** 2 : probeGrowthFactor;
  const nextShare = Math.min(policy.guardrails.largestStepUpShare, stepShare * growthFactor);
  return {
    tracker: {
      ...tracker,
      totalCups: bounded.cups,
      probeShare: Math.max(firstProbeShare, nextShare),
      phase: 'hold',
      isClimbing: stepShare >= largeStepShare,
      lastAction: 'raise',
      lastActionMs: evidence.now,
    },
    kind: rule === 'climb-to-plateau' ? 'relax' : 'probe',
    rule,
    reason: `Healthy (latency ${figure(evidence.signals.latencyMs ?? 0)} ms) with the total of ${figure(total)} binding: up by ${percent(bounded.cups / total - 1)} to ${figure(bounded.cups)} cost units/s.`,
    wouldChange: 'Latency rising in the windows lived under the new total.',
    ...(bounded.guard ? { guard: bounded.guard } : {}),
  };
}
