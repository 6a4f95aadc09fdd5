import type { Gateway } from '../../shared/gateway/port.ts';
import type { Law } from '../../shared/law/types.ts';
import type { Announce } from '../../shared/platform/aws/events.ts';
import type { Parameters } from '../../shared/platform/aws/parameters.ts';
import type { SendWakeUp } from '../../shared/platform/aws/queue.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { DeployedBaseline } from '../../shared/platform/environment.ts';
import type { Logger } from '../../shared/platform/logger.ts';
import type { PublishMetrics } from '../../shared/platform/metrics.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { Table } from '../../shared/state/items/table.ts';
import type { MeteredApi, Metrics } from '../../shared/telemetry/cloudwatch.ts';

export interface ControlDependencies {
  readonly clock: Clock;
  readonly table: Table;
  readonly gateway: Gateway;
  readonly parameters: Parameters;
  /** CloudWatch's minutes of all APIs. */
  readonly readMetrics: (apis: readonly MeteredApi[], now: EpochMs) => Promise<Metrics>;
  /** Wakes the plan writer. */
  readonly sendWakeUp: SendWakeUp;
  /** Wakes control for a postponed look. */
  readonly sendLook: SendWakeUp;
  readonly announce: Announce;
  readonly publish: PublishMetrics;
  readonly logger: Logger;
  /** The law; its state is opaque here. */
  readonly law: Law<unknown>;
  readonly baseline: DeployedBaseline;
  readonly parameterPrefix: string;
}
