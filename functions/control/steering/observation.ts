import type { StageReading } from '../../../shared/gateway/port.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import type { EpochMs, TierName } from '../../../shared/platform/units.ts';
import type { ControlRecord } from '../../../shared/state/control-record.ts';
import type { Desired } from '../../../shared/state/desired.ts';
import type { DriftRecord } from '../../../shared/state/drift-record.ts';
import type { Evidence } from '../tick/read-evidence.ts';

/** Everything one tick knows before it decides. */
export interface Observation {
  readonly now: EpochMs;
  readonly record: ControlRecord;
  readonly desired: Desired | undefined;
  readonly reading: StageReading;
  readonly account: Limit;
  /** The limits in force. */
  readonly live: Limits;
  readonly evidence: Evidence;
  /** Keys per tier, read only where there are no windows of the log to go by. */
  readonly keyCounts: Readonly<Record<TierName, number>> | undefined;
  /** What others did to the limits, as of this look. */
  readonly drift: DriftRecord | undefined;
}
