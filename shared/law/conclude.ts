import type { Limits } from '../limits/limits.ts';
import { own } from '../platform/records.ts';
import type { Rule } from './law-rules.ts';
import { type Situation, wantedCups } from './sharing/desired-limits.ts';
import { stagesAgree } from './sharing/standing.ts';
import type { LawState } from './state.ts';
import { type Evidence, figure, type Step } from './tracking/step.ts';
import type { Conclusion, DecisionKind } from './types.ts';

interface Findings {
  readonly state: LawState;
  readonly step: Step;
  readonly evidence: Evidence;
  readonly situation: Situation;
  readonly desired: Limits;
}

interface Naming {
  readonly kind: DecisionKind;
  readonly rule: Rule;
  readonly reason: string;
  readonly wouldChange: string;
}

/** One conclusion per tick: the tracker's action, or else what happened to the limits, or else why nothing did. */
export function conclude(findings: Findings): Conclusion {
  const { step, evidence } = findings;
  const naming = step.kind === 'hold' ? (limitsNaming(findings) ?? step) : step;
  const { kind, rule, reason, wouldChange } = naming;
  return {
    kind,
    verdict: evidence.signals.total.offeredRps === 0 ? 'idle' : 'trustworthy',
    rule,
    reason,
    wouldChange,
    ...(step.guard ? { guard: step.guard } : {}),
    estimates: estimatesOf(findings),
  };
}

/** What became of the limits for another reason than a step of the tracker. */
function limitsNaming({ state, step, situation, desired }: Findings): Naming | undefined {
  const wanted = figure(wantedCups(situation.memory, situation.input.baseline, situation.input.policy));
  const total = figure(step.tracker.totalCups ?? 0);
  if (situation.isContended && !state.isContended) {
    return {
      kind: 'tighten',
      rule: 'guard-binds',
      reason: `Demand of ${wanted} cost units/s exceeds the total of ${total}: each tier gets its share, ${levels(desired, situation)}.`,
      wouldChange: `Demand below ${figure(situation.input.policy.demand.restoreBelowShare * (step.tracker.totalCups ?? 0))} cost units/s.`,
    };
  }
  if (!situation.isContended && state.isContended) {
    return {
      kind: 'restore',
      rule: 'back-to-rest',
      reason: `Demand is down to ${wanted} cost units/s, below the total of ${total}: tiers return to their baselines, the stage to its guard.`,
      wouldChange: 'Demand above the total.',
    };
  }
  if (!sameLimits(state.desired.tiers, desired.tiers)) {
    const reason = `Shares of the total of ${total} cost units/s moved with demand: ${levels(desired, situation)}.`;
    const kind = hasCut(state.desired.tiers, desired.tiers) ? 'tighten' : 'relax';
    return {
      kind,
      rule: 'plans-adjusted',
      reason,
      wouldChange: 'Demand of any tier changing by more than the ignored share.',
    };
  }
  return stageNaming(state, step, situation, desired);
}

function stageNaming(state: LawState, step: Step, situation: Situation, desired: Limits): Naming | undefined {
  if (sameLimits(state.desired.stage, desired.stage)) return undefined;
  const rates = Object.entries(desired.stage).map(([key, limit]) => `${key} ${figure(limit.rateRps)} rps`);
  if (stagesAgree(state.desired.stage, desired.stage, 0)) {
    return {
      kind: 'tighten',
      rule: 'tighten-burst',
      reason: `The inherited burst would let in a queue before any limit bites: ${rates.join(', ')} keep their rates with a small burst.`,
      wouldChange: 'Nothing: small bursts stay.',
    };
  }
  return {
    kind: hasCut(state.desired.stage, desired.stage) ? 'tighten' : 'relax',
    rule: 'guard-sized',
    reason: `The stage stands at ${rates.join(', ')}: guard ${figure(situation.guardCups ?? 0)}, total ${step.tracker.totalCups === null ? 'not set' : figure(step.tracker.totalCups)} cost units/s.`,
    wouldChange: 'Demand outgrowing the guard, or shifting between methods.',
  };
}

function levels(desired: Limits, { input }: Situation): string {
  const bound = Object.entries(desired.tiers).filter(
    ([tier, limit]) => limit.rateRps < (own(input.baseline.tiers, tier)?.rateRps ?? 0),
  );
  if (bound.length === 0) return 'no tier needs a limit below its baseline';
  return bound.map(([tier, limit]) => `${tier} ${figure(limit.rateRps)} rps per key`).join(', ');
}

function sameLimits(a: Limits['stage'], b: Limits['stage']): boolean {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.every(
    (key) => own(a, key)?.rateRps === own(b, key)?.rateRps && own(a, key)?.burst === own(b, key)?.burst,
  );
}

function hasCut(before: Limits['stage'], after: Limits['stage']): boolean {
  return Object.entries(after).some(
    ([key, limit]) => limit.rateRps < (own(before, key)?.rateRps ?? Number.POSITIVE_INFINITY),
  );
}

function estimatesOf({ step, evidence, situation, desired }: Findings): Record<string, number> {
  const { input, memory } = situation;
  const { signals } = evidence;
  const estimates: Record<string, number> = {
    offeredCups: signals.total.offeredCups,
    admittedCups: signals.total.admittedCups,
    completedCups: signals.completedCups,
    wantedCups: wantedCups(memory, input.baseline, input.policy),
    errorShare: signals.errorShare,
    throttledShare: signals.throttledShare,
    enforcementSlack: memory.slack,
    windowAgeSeconds: (evidence.now - signals.endMs) / 1000,
  };
  const optional = {
    latencyMs: signals.latencyMs,
    healthyLatencyMs: memory.healthyLatencyMs,
    totalCups: step.tracker.totalCups,
    capacityCups: step.tracker.goodCups === null ? null : step.tracker.goodCups / input.policy.tracker.aimShare,
    badCups: step.tracker.bad?.cups,
    guardCups: situation.guardCups,
  };
  for (const [name, value] of Object.entries(optional)) {
    if (value !== null && value !== undefined) estimates[name] = value;
  }
  for (const [tier, limit] of Object.entries(desired.tiers)) {
    if (limit.rateRps !== own(input.baseline.tiers, tier)?.rateRps) estimates[`waterLevelRps.${tier}`] = limit.rateRps;
  }
  return estimates;
}
