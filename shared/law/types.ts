import type { Limit } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';
import type { EpochMs, TierName } from '../platform/units.ts';
import type { Policy } from '../policy/schema/policy-schema.ts';
import type { Window } from '../telemetry/window.ts';

/** What the template deployed: the resting place of every limit, handed to the functions as configuration. */
export interface Baseline {
  readonly stage: Limit;
  readonly tiers: Readonly<Record<TierName, Limit>>;
}

/** What AWS's own count of requests says where the access log is silent. */
export interface Heartbeat {
  /** `traffic`: requests that the log does not show. `idle`: there are none. `unknown`: AWS has not said so far. */
  readonly kind: 'traffic' | 'idle' | 'unknown';
  /** Up to when log and count agree that nothing is missing; silence since then is blindness. */
  readonly accountedUntilMs: EpochMs;
}

/** Everything a law may look at. Nothing else: no clock, no environment, no SDK. */
export interface LawInput<State> {
  /** What the last tick left behind; undefined on the very first. */
  readonly state: State | undefined;
  /** Closed windows that no earlier tick has seen, oldest first; empty when nothing new is known. */
  readonly windows: readonly Window[];
  /** Absent where nobody counts but the log. */
  readonly heartbeat?: Heartbeat;
  /** The limits in force, as read back just now. */
  readonly live: Limits;
  /** When the stage, and every tier's plan, was last written by us and should by now be in force. */
  readonly effective: { readonly stageMs: EpochMs; readonly tiersMs: Readonly<Record<TierName, EpochMs>> };
  readonly policy: Policy;
  readonly baseline: Baseline;
  /** Keys that each tier's plan has; only where the log is silent, for then nothing else is known of who asks. */
  readonly keyCounts?: Readonly<Record<TierName, number>>;
  readonly now: EpochMs;
}

export type Verdict = 'trustworthy' | 'idle' | 'blind';
export type DecisionKind = 'hold' | 'brake' | 'tighten' | 'relax' | 'probe' | 'restore';

/** What a tick concluded, also when it is "hold": enough for a person to see why a limit moved, or did not. */
export interface Conclusion {
  readonly kind: DecisionKind;
  readonly verdict: Verdict;
  /** The rule that fired, in kebab-case, for example `congested-cut`. */
  readonly rule: string;
  /** One sentence for a person at 3 a.m., with the numbers that mattered. */
  readonly reason: string;
  /** The guard that held or clipped the change, when one did. */
  readonly guard?: string;
  /** What would change the conclusion, one sentence. */
  readonly wouldChange: string;
  /** Named estimates with their unit in the name: `capacityCups`, `latencyP90Ms`, `errorShare`, `waterLevelRps.premium` … */
  readonly estimates: Readonly<Record<string, number>>;
}

export interface LawOutput<State> {
  readonly state: State;
  readonly conclusion: Conclusion;
  /**
   * What the limits should be, whole. While holding it is what earlier ticks wanted, not what is live: plan writes may
   * still be under way towards it, and a deploy may have reset the stage.
   */
  readonly desired: Limits;
  /** Plans to be written first, the first one first; what is left out comes after, cuts before raises. */
  readonly planOrder?: readonly TierName[];
}

/** The one pure interface behind which every law stands. */
export type Law<State> = (input: LawInput<State>) => LawOutput<State>;
