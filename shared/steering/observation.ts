import type { StageReading } from '../gateway/port.ts';
import type { Heartbeat } from '../law/types.ts';
import type { Limit } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';
import type { MethodKey } from '../limits/method-key.ts';
import type { EpochMs, TierName } from '../platform/units.ts';
import type { ControlRecord } from '../state/control-record.ts';
import type { EvidenceNote } from '../state/decisions.ts';
import type { Desired } from '../state/desired.ts';
import type { Window } from '../telemetry/window.ts';

/** Everything that one tick read before it decides. */
export interface Observation {
  readonly now: EpochMs;
  readonly record: ControlRecord;
  /** The limits that the last tick wanted; undefined where it wanted none. */
  readonly desired: Desired | undefined;
  readonly reading: StageReading;
  readonly account: Limit;
  /** The limits in force. */
  readonly live: Limits;
  readonly evidence: Evidence;
  /** What could not be read under an override that sets the stage, and why; then the law is not asked. */
  readonly unread: readonly string[];
  /** Keys per tier; read only where there are no windows of the access log. */
  readonly keyCounts: Readonly<Record<TierName, number>> | undefined;
}

/** Windows that no earlier tick has seen, and how far they can be trusted. */
export interface Evidence {
  /** Oldest first within each source; the law decides which source counts. */
  readonly windows: readonly Window[];
  /** What AWS's own count of requests says; undefined when CloudWatch did not answer. */
  readonly heartbeat: Heartbeat | undefined;
  /** For the record of decisions. */
  readonly trust: Pick<EvidenceNote, 'heartbeat' | 'doubts'>;
  readonly seenLogsMs: EpochMs;
  readonly seenMetricsMs: EpochMs;
}

/** Every method that has settings of its own in the stage, and the default. */
export function methodsOf({ live, reading }: Observation): MethodKey[] {
  return [...new Set([...Object.keys(live.stage), ...Object.keys(reading.settingsKeys)])];
}
