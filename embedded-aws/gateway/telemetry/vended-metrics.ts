import type { EpochMs } from '../../kernel/quantities.ts';
import type { AccessRecord } from './access-record.ts';

/** One value, seen `count` times (1 by default). */
export interface MetricValue {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, string>;
  readonly unit: string;
  readonly timestampMs: EpochMs;
  readonly value: number;
  readonly count: number;
}

export interface MetricsPort {
  record(metric: MetricValue): void;
}

const NAMESPACE = 'AWS/ApiGateway';
const MINUTE_MS = 60_000;

/**
 * What AWS itself publishes under some dimensions, gathered over a batch of requests of one minute: equal values become
 * one record. Errors count 0 or 1 for each request, so that their average is their share.
 */
export class VendedMetrics {
  private readonly port: MetricsPort;
  private readonly dimensionSets: readonly Record<string, string>[];
  private timestampMs: EpochMs = 0;
  private requests = 0;
  private clientErrors = 0;
  private serverErrors = 0;
  private readonly latencies = new Map<number, number>();
  private readonly integrationLatencies = new Map<number, number>();

  constructor(port: MetricsPort, dimensionSets: readonly Record<string, string>[]) {
    this.port = port;
    this.dimensionSets = dimensionSets;
  }

  add(record: AccessRecord): void {
    const { endMs, startMs, status, integrationLatencyMs } = record;
    if (Math.floor(endMs / MINUTE_MS) !== Math.floor(this.timestampMs / MINUTE_MS)) this.flush();
    this.timestampMs = endMs;
    this.requests++;
    if (status >= 500) this.serverErrors++;
    else if (status >= 400) this.clientErrors++;
    tally(this.latencies, Math.round(endMs - startMs));
    if (integrationLatencyMs !== undefined) tally(this.integrationLatencies, Math.round(integrationLatencyMs));
  }

  /** Hands over the gathered values. */
  flush(): void {
    if (this.requests === 0) return;
    this.publish('Count', 'Count', 1, this.requests);
    this.publishShare('4XXError', this.clientErrors);
    this.publishShare('5XXError', this.serverErrors);
    for (const [latencyMs, count] of this.latencies) this.publish('Latency', 'Milliseconds', latencyMs, count);
    for (const [latencyMs, count] of this.integrationLatencies) {
      this.publish('IntegrationLatency', 'Milliseconds', latencyMs, count);
    }
    this.requests = 0;
    this.clientErrors = 0;
    this.serverErrors = 0;
    this.latencies.clear();
    this.integrationLatencies.clear();
  }

  private publishShare(metricName: string, errors: number): void {
    if (errors > 0) this.publish(metricName, 'Count', 1, errors);
    if (errors < this.requests) this.publish(metricName, 'Count', 0, this.requests - errors);
  }

  private publish(metricName: string, unit: string, value: number, count: number): void {
    for (const dimensions of this.dimensionSets) {
      this.port.record({
        namespace: NAMESPACE,
        metricName,
        dimensions,
        unit,
        timestampMs: this.timestampMs,
        value,
        count,
      });
    }
  }
}

function tally(counts: Map<number, number>, value: number): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}
