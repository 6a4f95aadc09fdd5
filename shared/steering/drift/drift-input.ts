import type { Baseline } from '../../law/types.ts';
import type { Limit } from '../../limits/limit.ts';
import type { LimitName } from '../../limits/limit-name.ts';
import type { Limits } from '../../limits/limits.ts';
import type { EpochMs } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { ControlRecord } from '../../state/control-record.ts';
import type { Desired } from '../../state/desired.ts';

/** Everything by which a changed limit is judged: what is in force, what we meant, and what operators ask for. */
export interface DriftInput {
  readonly live: Limits;
  readonly account: Limit;
  readonly record: ControlRecord;
  /** What we meant to write last, whether or not we know that it arrived. */
  readonly desired: Desired | undefined;
  /** As deployed. */
  readonly baseline: Baseline;
  readonly planIds: Readonly<Record<string, string>>;
  readonly policy: Policy;
  /** Whether an operator's pin or kill rules a limit: then nobody else's change stands. */
  readonly isRuled: (name: LimitName) => boolean;
  /** When the operator last resumed; 0 for never. */
  readonly resumedMs: EpochMs;
  readonly now: EpochMs;
}
