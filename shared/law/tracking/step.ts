import type { CostUnitsPerSecond, EpochMs } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { Rule } from '../law-rules.ts';
import type { Mark, TrackerState } from '../state.ts';
import type { Health } from '../telling/health.ts';
import type { Signals } from '../telling/signals.ts';
import type { DecisionKind } from '../types.ts';

/** What the tracker may look at in one tick; rates in cost units per second. */
export interface Evidence {
  readonly health: Health;
  readonly signals: Signals;
  readonly healthyLatencyMs: number | null;
  /** Seconds of latency added per second since the window before. */
  readonly latencyGrowth: number;
  /** The window was lived wholly under the stage limits in force. */
  readonly isFresh: boolean;
  /** ... and under the plan limits that the total needs. */
  readonly isSettled: boolean;
  /** All who ask, within their baselines, ask for more than the total. */
  readonly isContended: boolean;
  /** The highest healthy rate of late, the plateau where none was reached under a total. */
  readonly confirmed: Mark | null;
  /** All believed demand fits into the total: more would serve only what may be a runaway client or retries. */
  readonly isBelievedMet: boolean;
  /** The standing guard, where one stands. */
  readonly guardCups: CostUnitsPerSecond | null;
  /** What arrives at the stage: demand that the plans in force let through. */
  readonly arrivingCups: CostUnitsPerSecond;
  /** The hourly budget that is spent, if one is: then nothing is raised. */
  readonly frozenBy: 'change-budget' | 'reversals' | undefined;
  readonly now: EpochMs;
}

/** What the tracker concluded: its next state, and why. */
export interface Step {
  readonly tracker: TrackerState;
  readonly kind: DecisionKind;
  readonly rule: Rule;
  readonly reason: string;
  readonly wouldChange: string;
  readonly guard?: string;
}

export interface Words {
  readonly reason: string;
  readonly wouldChange: string;
}

export function hold(tracker: TrackerState, rule: Rule, words: Words): Step {
  return { tracker, kind: 'hold', rule, ...words };
}

/** A total within the policy's capacity bounds and the largest steps of one action; says which guard clipped it. */
export function withinGuardrails(
  wantedCups: CostUnitsPerSecond,
  fromCups: CostUnitsPerSecond,
  policy: Policy,
): { readonly cups: CostUnitsPerSecond; readonly guard?: string } {
  const { largestStepUpShare, largestStepDownShare } = policy.guardrails;
  const stepped = Math.min(
    fromCups * (1 + largestStepUpShare),
    Math.max(fromCups * (1 - largestStepDownShare), wantedCups),
  );
  const floored = Math.max(stepped, policy.capacity.floorCups ?? 0);
  const cups = Math.min(floored, policy.capacity.ceilingCups ?? Number.POSITIVE_INFINITY);
  if (cups === wantedCups) return { cups };
  if (cups !== floored) return { cups, guard: 'capacity-ceiling' };
  return { cups, guard: floored === stepped ? 'largest-step' : 'capacity-floor' };
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** A number for a sentence: three figures are enough at 3 a.m. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'unbounded';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

export function percent(share: number): string {
  return `${figure(share * 100)} %`;
}
