import type { CostUnitsPerSecond } from '../platform/units.ts';
import type { Policy } from '../policy/schema.ts';
import type { Rule } from './rules.ts';
import type { TrackerState } from './state.ts';
import { clamp, type Evidence, figure, hold, percent, type Step, withinGuardrails } from './step.ts';

/** On minute metrics alone, return to at most this share of the plateau, this part of the way at a time. */
const SLOW_PLATEAU_SHARE = 0.9;
const SLOW_STEP_SHARE = 1 / 3;

/** Healthy, and the total binds: confirm it as good, then search upwards. docs/control-law.md, "Growth". */
export function onHealthyAndBound(tracker: TrackerState, evidence: Evidence, policy: Policy): Step {
  const total = tracker.totalCups ?? 0;
  const confirmed = confirm(tracker, total, evidence, policy);
  if (evidence.frozenBy !== undefined) {
    const why =
      evidence.frozenBy === 'reversals' ? 'limits changed direction too often' : 'the budget of changes is spent';
    const held = hold(confirmed, 'probing-stopped', {
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
    return hold(confirmed, 'believed-demand-met', {
      reason: `Healthy at ${figure(total)} cost units/s, which serves all believed demand; a probe has failed, and only a runaway client or retries would gain from another.`,
      wouldChange: 'Believed demand above the total, or demand back within it.',
    });
  }
  if (isNearKnee(evidence, policy)) {
    return hold(confirmed, 'near-knee', {
      reason: `Healthy at ${figure(total)} cost units/s, but latency (${figure(evidence.signals.latencyMs ?? 0)} ms) begins to rise: no further probe.`,
      wouldChange: `Latency closer to its healthy ${figure(evidence.healthyLatencyMs ?? 0)} ms.`,
    });
  }
  return search(confirmed, evidence, policy);
}

/** At the knee, latency tells that capacity is close: the next probe would find it the hard way. */
function isNearKnee(evidence: Evidence, policy: Policy): boolean {
  return headroom(evidence, policy) <= 0;
}

/** What is left of the way from healthy latency to the knee: 1 far from it, 0 there. */
function headroom({ signals, healthyLatencyMs }: Evidence, policy: Policy): number {
  if (healthyLatencyMs === null || signals.latencyMs === undefined) return 1;
  return clamp(1 - (signals.latencyMs / healthyLatencyMs - 1) / (policy.tracker.kneeFactor - 1), 0, 1);
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
  const { firstProbeShare, probeGrowthFactor, plateauProbeFactor } = policy.tracker;
  const stepShare = Math.max(firstProbeShare, tracker.probeShare * headroom(evidence, policy));
  const probeShare = Math.min(policy.guardrails.largestStepUpShare, tracker.probeShare * probeGrowthFactor);
  if (tracker.bad !== null) {
    const gap = tracker.bad.cups - total;
    if (gap <= policy.tracker.tightBracketShare * tracker.bad.cups) {
      return hold(tracker, 'bracket-tight', {
        reason: `Healthy at ${figure(total)}; ${figure(tracker.bad.cups)} cost units/s failed ${figure((evidence.now - tracker.bad.atMs) / 1000)} s ago: nothing to gain between.`,
        wouldChange: `The failure being older than ${figure(tracker.badAgeSeconds)} s.`,
      });
    }
    const wanted = total + Math.min(gap / 2, total * stepShare);
    return raise({ ...tracker, probeShare }, wanted, 'bisect', evidence, policy);
  }
  const plateau = tracker.plateau?.cups ?? total;
  const isBelow = plateau > total * (1 + firstProbeShare);
  const wanted = isBelow
    ? total + Math.max(total * firstProbeShare, Math.min(total * stepShare, (plateau - total) / 2))
    : total * (1 + Math.min(stepShare, firstProbeShare * plateauProbeFactor, affordableShare(evidence, policy)));
  return raise({ ...tracker, probeShare }, wanted, isBelow ? 'climb-to-plateau' : 'probe', evidence, policy);
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
  const target = SLOW_PLATEAU_SHARE * (tracker.plateau?.cups ?? total);
  if (total >= target * 0.99) {
    return hold(tracker, 'exploration-suspended', {
      reason: `Only minute metrics are to be had: too late to probe, so the total stays at ${figure(total)} cost units/s.`,
      wouldChange: 'Windows from the access log.',
    });
  }
  return raise(tracker, total + (target - total) * SLOW_STEP_SHARE, 'climb-to-plateau', evidence, policy);
}

function raise(
  tracker: TrackerState,
  wantedCups: CostUnitsPerSecond,
  rule: Rule,
  evidence: Evidence,
  policy: Policy,
): Step {
  const total = tracker.totalCups ?? 0;
  const bounded = withinGuardrails(wantedCups, total, policy);
  if (bounded.cups <= total) {
    return hold(tracker, 'at-ceiling', {
      reason: `Healthy at ${figure(total)} cost units/s, which is the ceiling that the policy sets.`,
      wouldChange: 'A higher capacity.ceilingCups.',
    });
  }
  return {
    tracker: { ...tracker, totalCups: bounded.cups, phase: 'hold', lastAction: 'raise', lastActionMs: evidence.now },
    kind: rule === 'climb-to-plateau' ? 'relax' : 'probe',
    rule,
    reason: `Healthy (latency ${figure(evidence.signals.latencyMs ?? 0)} ms) with the total of ${figure(total)} binding: up by ${percent(bounded.cups / total - 1)} to ${figure(bounded.cups)} cost units/s.`,
    wouldChange: 'Latency rising in the windows lived under the new total.',
    ...(bounded.guard ? { guard: bounded.guard } : {}),
  };
}
