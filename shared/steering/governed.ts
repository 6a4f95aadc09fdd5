import type { ApiStage } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import type { Override } from '../policy/schema/override-schema.ts';
import type { Policy } from '../policy/schema/policy-schema.ts';
import type { KnownGood } from '../state/known-documents.ts';

/** An API, and the policy that is in force for it. */
export interface Governed {
  readonly api: ApiStage;
  readonly policy: Policy;
  /** The policy's parameter. */
  readonly name: string;
  /** 0: no version was ever accepted; the defaults apply, so that an override can be carried out. */
  readonly version: number;
  /** The version in force as it is remembered, perhaps on probation. */
  readonly known?: KnownGood;
  /** The newest version, where it was refused. */
  readonly refused?: RefusedVersion;
  /** The override parameter of the same name, `resume` included. */
  readonly override?: OverrideInForce;
  /** Its policy was deleted: its limits are led back to the deployed ones, then control lets go of the API. */
  readonly isLeaving?: true;
}

export interface RefusedVersion {
  readonly version: number;
  readonly why: string;
}

/** An override parameter as it is in force. */
export interface OverrideInForce {
  readonly override: Override;
  /** The parameter. */
  readonly name: string;
  readonly version: number;
  /** When this version was put. */
  readonly sinceMs: EpochMs;
  /** Who put it, where AWS said. */
  readonly by: string | undefined;
  /** The limits that a pin sets above the deployed baseline, as a sentence. */
  readonly excess?: string;
  /** The newest version, where it was refused and this one stays in force. */
  readonly refused?: RefusedVersion;
}

/** The override that acts at this instant: none for `resume`, nor for a pin whose time is over. */
export function activeOverride(parameter: OverrideInForce | undefined, now: EpochMs): Override | undefined {
  const override = parameter?.override;
  if (override === undefined || override.action === 'resume') return undefined;
  return override.action === 'pin' && Date.parse(override.until) <= now ? undefined : override;
}

/** Whether a pause, pin or kill has been in force for longer than it, or else the policy, allows without a reminder. */
export function isOverdue({ override: parameter, policy }: Governed, now: EpochMs): boolean {
  const override = activeOverride(parameter, now);
  if (!parameter || override === undefined || override.action === 'resume') return false;
  return now > parameter.sinceMs + 1000 * (override.nagAfterSeconds ?? policy.brakes.nagAfterSeconds);
}
