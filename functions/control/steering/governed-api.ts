import type { ApiStage } from '../../../shared/platform/api-stage.ts';
import type { Policy } from '../../../shared/policy/schema/policy-schema.ts';
import type { KnownGood } from '../../../shared/state/known-documents.ts';
import type { OverrideInForce } from './rule-override.ts';

/** An API, and the policy that is in force for it. */
export interface Governed {
  readonly api: ApiStage;
  readonly policy: Policy;
  readonly name: string;
  /** 0: none was ever accepted; the defaults hold, so that an override has something to go by. */
  readonly version: number;
  /** The version in force as it is remembered, perhaps on probation. */
  readonly known?: KnownGood;
  /** The newest version, where it was refused. */
  readonly refused?: RefusedVersion;
  /** The override parameter of the same name, `resume` included. */
  readonly override?: OverrideInForce;
  /** Its policy is gone: its limits are led back, then it is let go. */
  readonly isLeaving?: true;
}

export interface RefusedVersion {
  readonly version: number;
  readonly why: string;
}
