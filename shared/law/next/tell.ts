import type { Limits } from '../../limits/limits.ts';
import { own } from '../../platform/records.ts';
import type { CostUnitsPerSecond } from '../../platform/units.ts';
import type { Conclusion, DecisionKind, LawInput } from '../types.ts';
import { capacityOf, intervalOf } from './backend/capacity.ts';
import { loadChance } from './backend/error-judgement.ts';
import type { Plans } from './giving/plans.ts';
import type { Lesson } from './learn.ts';
import type { NextState } from './next-state.ts';

export interface Findings {
  readonly found: NextState;
  readonly state: NextState;
  readonly lesson: Lesson | undefined;
  readonly figures: {
    readonly capacity: CostUnitsPerSecond;
    readonly backlog: number;
    readonly share: number;
    readonly stageCups: CostUnitsPerSecond;
    readonly plans: Plans;
    readonly desired: Limits;
  };
  readonly input: LawInput<NextState>;
}

/** What was concluded, for a person at 3 a.m.: the rule, the figures behind it, and what would change it. */
export function conclude(findings: Findings): Conclusion {
  const { found, figures, state } = findings;
  const rule = ruleOf(findings);
  return {
    kind: kindOf(rule, changeOf(found.desired, figures.desired)),
    verdict: 'trustworthy',
    rule,
    reason: `${sentence(rule, findings)} ${belief(state)} ${limits(findings)}`,
    wouldChange: wouldChange(rule, findings),
    estimates: estimates(findings),
  };
}

const BRAKING = ['overload', 'first-overload', 'nothing-answered', 'draining'];

function kindOf(rule: string, change: number): DecisionKind {
  if (change === 0) return 'hold';
  if (rule === 'back-to-rest') return 'restore';
  if (rule === 'capacity-returns') return 'probe';
  if (change > 0) return 'relax';
  return BRAKING.includes(rule) ? 'brake' : 'tighten';
}

function ruleOf({ found, lesson, figures }: Findings): string {
  if (lesson !== undefined && lesson.rule !== 'healthy' && lesson.rule !== 'too-few-answers') return lesson.rule;
  if (figures.share < 1) return 'draining';
  if (!figures.plans.isEnough) return found.isBinding ? 'shortage' : 'demand-exceeds';
  if (found.isBinding) return 'back-to-rest';
  if (lesson === undefined) return 'no-news';
  return lesson.rule === 'too-few-answers' ? lesson.rule : 'at-rest';
}

function sentence(rule: string, { lesson, figures }: Findings): string {
  const completed = figure(lesson?.reading.completedCups ?? 0);
  const ratio = (lesson?.feel?.ratio ?? 1).toFixed(2);
  const wanted = figure(figures.plans.wantedCups);
  switch (rule) {
    case 'overload':
      return `The backend is full: answers take ${ratio} times as long as unloaded, and it completed ${completed} cost units/s.`;
    case 'first-overload':
      return `Answers have begun to queue: ${completed} cost units/s were completed.`;
    case 'nothing-answered':
      return 'The backend completes next to nothing.';
    case 'draining':
      return `Work of ${figures.backlog.toFixed(1)} s will wait when a limit given now acts: less is let in until it is gone.`;
    case 'error-test':
      return `${percent(lesson?.reading.errorShare ?? 0)} of answers are errors at a healthy latency: less is let in to see whether load causes them.`;
    case 'errors-are-load':
      return 'Successes did not fall when less was let in: the errors come from load.';
    case 'errors-not-load':
      return 'Successes fell when less was let in: the errors do not come from load, and the cut is taken back.';
    case 'capacity-returns':
      return `Latency is ${ratio} times the unloaded one: the backend feels no load, so the limit goes a step back towards what used to be fine.`;
    case 'slow-by-nature':
      return 'Answers stayed slow although less was let in: that is their nature, not a queue.';
    case 'near-knee':
      return `Latency is ${ratio} times the unloaded one: the backend has no room left.`;
    case 'slow-tenant':
      return `Requests of tier ${lesson?.feel?.slowTier} are slow by themselves while others are in time: nothing is cut for them.`;
    case 'demand-exceeds':
    case 'shortage':
      return `${wanted} cost units/s are wanted, more than there is: usual demand is served first.`;
    case 'back-to-rest':
      return `${wanted} cost units/s are wanted, and there is enough: plans return to their baselines.`;
    case 'too-few-answers':
      return 'Too few answers to judge the backend.';
    case 'no-news':
      return 'No new window.';
    default:
      return `${wanted} cost units/s are wanted, and there is enough.`;
  }
}

function belief(state: NextState): string {
  const [low, high] = intervalOf(state.belief);
  return `Capacity ${figure(capacityOf(state.belief))} cost units/s, 80 % between ${figure(low)} and ${figure(high)}.`;
}

function limits({ found, figures }: Findings): string {
  const { stageCups, share, desired } = figures;
  const isSame = changeOf(found.desired, desired) === 0;
  return isSame ? 'Limits stay.' : `The stage stands at ${figure(stageCups * share)}.`;
}

function wouldChange(rule: string, { figures }: Findings): string {
  if (rule === 'overload' || rule === 'first-overload' || rule === 'draining')
    return 'A window in which answers are in time again.';
  if (!figures.plans.isEnough)
    return `Demand below ${figure(0.95 * figures.stageCups)} cost units/s, or evidence of more capacity.`;
  return `Demand above ${figure(figures.stageCups)} cost units/s, or slower answers.`;
}

/** Negative where any limit falls, positive where one only rises. */
function changeOf(before: Limits, after: Limits): number {
  let change = 0;
  for (const part of ['stage', 'tiers'] as const) {
    for (const [key, { rateRps }] of Object.entries(after[part])) {
      const standing = own(before[part], key)?.rateRps ?? rateRps;
      if (rateRps < standing) return -1;
      if (rateRps > standing) change = 1;
    }
  }
  return change;
}

function estimates({ state, lesson, figures, input }: Findings): Record<string, number> {
  const [low, high] = intervalOf(state.belief);
  const values: Record<string, number> = {
    capacityCups: figures.capacity,
    capacityLowCups: low,
    capacityHighCups: high,
    backlogSeconds: figures.backlog,
    stageCups: figures.stageCups * figures.share,
    wantedCups: figures.plans.wantedCups,
    provenCups: Math.exp(state.belief.provenLog),
    loadErrorChance: loadChance(state.errors),
    fill: state.fill,
  };
  if (lesson !== undefined) {
    values.offeredRps = lesson.reading.offeredRps;
    values.admittedCups = lesson.reading.admittedCups;
    values.completedCups = lesson.reading.completedCups;
    values.errorShare = lesson.reading.errorShare;
    values.refusedShare = lesson.refusedShare;
    if (lesson.feel !== undefined) {
      values.latencyRatio = lesson.feel.ratio;
      values.strain = lesson.feel.strain;
      values.waitSeconds = lesson.feel.waitSeconds;
    }
  }
  for (const [tier, { rateRps }] of Object.entries(figures.desired.tiers)) {
    if (rateRps !== own(input.baseline.tiers, tier)?.rateRps) values[`waterLevelRps.${tier}`] = rateRps;
  }
  return values;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const figure = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
