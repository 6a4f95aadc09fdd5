import type { Baseline, Conclusion, Law } from '../law/types.ts';
import type { Limits, PerLimit } from '../limits/limits.ts';
import type { DeployedBaseline } from '../platform/environment.ts';
import type { TierName } from '../platform/units.ts';
import type { DriftRecord } from '../state/drift-record.ts';
import type { WayBack } from '../state/way-back.ts';
import type { DriftNote } from './drift/examine-drift.ts';
import type { Governed } from './governed.ts';
import type { Observation } from './observation.ts';
import type { Trigger } from './trigger.ts';

/** What operators and the template say of an API, and the law to ask. */
export interface Settings {
  readonly governed: Governed;
  readonly deployed: DeployedBaseline;
  /** The law; a state of another form than its own makes it throw. */
  readonly law: Law<unknown>;
}

/** What the steps have concluded so far. */
export interface Draft {
  readonly observation: Observation;
  readonly settings: Settings;
  readonly trigger: Trigger;
  /** What others did to the limits. */
  readonly drift: { readonly record: DriftRecord | undefined; readonly notes: readonly DriftNote[] };
  /** Where each limit rests: as deployed, or as adopted from a person, and no more than the account has. */
  readonly resting: Baseline;
  /** From where the stage has to be led back, if it has to be; remembered before anything is written. */
  readonly wayBack: WayBack | undefined;
  /** What remains of `wayBack` once the limits are written. */
  readonly nextWayBack: WayBack | undefined;
  /** The limits that are not written in this tick, and why. */
  readonly left: LeftAlone;
  /** What the limits should be; one that is left alone is as it is in force. */
  readonly limits: Limits;
  /** Plans to be written first, the first one first. */
  readonly planOrder: readonly TierName[];
  /** Whether the limits are written: `policy` leaves that to the policy's mode. */
  readonly writes: 'never' | 'always' | 'policy';
  readonly conclusion: Conclusion;
  readonly lawState: unknown;
  /** What the law could not use and had to decide without. */
  readonly unusable?: Unusable;
  /** False when the trigger may not do what the law wants: nothing is written, and nothing remembered. */
  readonly isFinal: boolean;
}

export type LeftAlone = PerLimit<LeaveReason>;

export type LeaveReason =
  | { readonly kind: 'held' }
  /** A person has to act before Tidegate steers the limit, so every decision says so. */
  | { readonly kind: 'odd'; readonly why: string };

export interface Unusable {
  readonly what: 'state' | 'windows';
  readonly why: string;
}

/** One step of steering: a pure function. A later step overrules the earlier ones. */
export type Step = (draft: Draft) => Draft;
