import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { EpochMs } from './units.ts';

export const NAMESPACE = 'Tidegate';

export type Unit = 'Count' | 'Milliseconds';

/** One metric's values under one set of dimensions; CloudWatch accepts at most 100 values of a metric at a time. */
export interface MetricValues {
  readonly name: string;
  readonly unit: Unit;
  readonly values: readonly number[];
}

/** Writes metrics in the embedded metric format: one log line, read by CloudWatch, no call in the request path. */
export type PublishMetrics = (
  dimensions: Readonly<Record<string, string>>,
  metrics: readonly MetricValues[],
  timestampMs?: EpochMs,
) => void;

const UNITS = { Count: MetricUnit.Count, Milliseconds: MetricUnit.Milliseconds } as const;

let publisher: Metrics | undefined;

/** One instance for all publications; publishing empties it. */
function metricsPublisher(): Metrics {
  publisher ??= new Metrics({ namespace: NAMESPACE });
  publisher.clearDefaultDimensions();
  return publisher;
}

/**
 * Publishes through Powertools. Its default dimension `service` is taken off: dashboards and alarms name exactly the
 * dimensions given here, and a metric with one dimension more is a different metric.
 */
export const publishMetrics: PublishMetrics = (dimensions, metrics, timestampMs) => {
  const stored = metricsPublisher().addDimensions({ ...dimensions });
  if (timestampMs !== undefined) stored.setTimestamp(timestampMs);
  for (const metric of metrics) {
    for (const value of metric.values) stored.addMetric(metric.name, UNITS[metric.unit], value);
  }
  stored.publishStoredMetrics();
};
