import type { Gateway } from '../../shared/gateway/port.ts';
import type { Announce } from '../../shared/platform/aws/events.ts';
import type { Parameters } from '../../shared/platform/aws/parameters.ts';
import type { PendingMessages, SendWakeUp } from '../../shared/platform/aws/queue.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { DeployedBaseline, FailSafeRules } from '../../shared/platform/environment.ts';
import type { Logger } from '../../shared/platform/logger.ts';
import type { PublishMetrics } from '../../shared/platform/metrics.ts';
import type { VitalSigns } from '../../shared/telemetry/vital-signs.ts';

/** No table is among them, and the parameters may fail. */
export interface FailSafeDependencies {
  readonly clock: Clock;
  readonly gateway: Gateway;
  readonly vitalSigns: VitalSigns;
  readonly parameters: Pick<Parameters, 'below'>;
  readonly sendWakeUp: SendWakeUp;
  /** How many of its own wake-ups are on their way. */
  readonly pendingWakeUps: PendingMessages;
  readonly announce: Announce;
  readonly publish: PublishMetrics;
  readonly logger: Logger;
  readonly baseline: DeployedBaseline;
  readonly rules: FailSafeRules;
  readonly parameterPrefix: string;
}
