import type { Gateway } from '../../shared/gateway/port.ts';
import type { Announce } from '../../shared/platform/aws/events.ts';
import type { Parameters } from '../../shared/platform/aws/parameters.ts';
import type { PendingMessages, SendWakeUp } from '../../shared/platform/aws/queue.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { DeployedBaseline, FailSafeRules } from '../../shared/platform/environment.ts';
import type { Logger } from '../../shared/platform/logger.ts';
import type { PublishMetrics } from '../../shared/platform/metrics.ts';
import type { VitalSigns } from '../../shared/telemetry/vital-signs.ts';

/** The dependencies of the fail-safe: without the state table, and with parameters that may fail. */
export interface FailSafeDependencies {
  readonly clock: Clock;
  readonly gateway: Gateway;
  readonly vitalSigns: VitalSigns;
  readonly parameters: Pick<Parameters, 'below'>;
  readonly sendWakeUp: SendWakeUp;
  /** The number of its own pending wake-ups. */
  readonly pendingWakeUps: PendingMessages;
  readonly announce: Announce;
  readonly publish: PublishMetrics;
  readonly logger: Logger;
  readonly baseline: DeployedBaseline;
  readonly rules: FailSafeRules;
  readonly parameterPrefix: string;
}
