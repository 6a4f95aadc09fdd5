import type { ControlRecord } from '../../../shared/state/control-record.ts';
import type { Desired } from '../../../shared/state/desired.ts';
import type { Lease } from '../../../shared/state/lease.ts';
import type { Governed } from '../../../shared/steering/governed.ts';
import type { Trigger } from '../../../shared/steering/trigger.ts';
import type { ApiMetrics } from '../../../shared/telemetry/cloudwatch.ts';

/** One look at one API, under its lease: what it is for, and what control remembers of the API. */
export interface Look {
  readonly governed: Governed;
  readonly trigger: Trigger;
  readonly memory: Memory;
  /** AWS's own minutes; undefined when CloudWatch did not answer. */
  readonly metrics: ApiMetrics | undefined;
}

/** What control remembers of an API, fit for use. */
export interface Memory {
  readonly record: ControlRecord;
  readonly desired: Desired | undefined;
  /** The lease to write under. */
  readonly lease: Lease;
}
