import type { AccessLogSettings } from '@aws-sdk/client-api-gateway';
import { type AccessLogRenderer, compileAccessLogFormat } from './access-log-format.ts';
import type { AccessRecord } from './access-record.ts';
import { type MetricsPort, VendedMetrics } from './vended-metrics.ts';

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

export interface LogsPort {
  append(logGroupName: string, logStreamName: string, events: readonly LogEvent[]): void;
}

export interface TelemetryPorts {
  readonly logs: LogsPort;
  readonly metrics: MetricsPort;
}

/** Log streams that a stage writes to in turn. */
const STREAM_COUNT = 3;

/** One stage's access log and AWS metrics. */
export class StageTelemetry {
  private readonly ports: TelemetryPorts;
  private readonly streamPrefix: string;
  private readonly names: { readonly ApiName: string; readonly Stage: string };
  private readonly metrics: VendedMetrics;
  /** Detailed metrics, by resource and verb. */
  private readonly ofMethods = new Map<string, VendedMetrics>();
  private format: string | undefined;
  private render: AccessLogRenderer | undefined;
  private events: LogEvent[] = [];
  private batches = 0;

  constructor(ports: TelemetryPorts, apiName: string, apiId: string, stage: string) {
    this.ports = ports;
    this.streamPrefix = `${apiId}/${stage}/`;
    this.names = { ApiName: apiName, Stage: stage };
    this.metrics = new VendedMetrics(ports.metrics, [{ ApiName: apiName }, this.names]);
  }

  /** Counts and renders one finished request; the record may be reused afterwards. `isDetailed`: by method as well. */
  add(record: AccessRecord, settings: AccessLogSettings | undefined, isDetailed: boolean): void {
    this.metrics.add(record);
    if (isDetailed && record.resourcePath !== undefined)
      this.metricsOf(record.resourcePath, record.httpMethod).add(record);
    if (!settings?.destinationArn || !settings.format) return;
    if (settings.format !== this.format || !this.render) {
      this.format = settings.format;
      this.render = compileAccessLogFormat(settings.format);
    }
    this.events.push({ timestamp: Math.floor(record.endMs), message: this.render(record) });
  }

  /** Hands everything added so far to the log group and to CloudWatch. */
  flush(settings: AccessLogSettings | undefined): void {
    this.metrics.flush();
    for (const metrics of this.ofMethods.values()) metrics.flush();
    if (this.events.length === 0) return;
    const { events } = this;
    this.events = [];
    const group = logGroupName(settings?.destinationArn);
    if (group) this.ports.logs.append(group, `${this.streamPrefix}${this.batches++ % STREAM_COUNT}`, events);
  }

  private metricsOf(resource: string, verb: string): VendedMetrics {
    const name = `${resource}/${verb}`;
    const known = this.ofMethods.get(name);
    if (known) return known;
    const metrics = new VendedMetrics(this.ports.metrics, [{ ...this.names, Resource: resource, Method: verb }]);
    this.ofMethods.set(name, metrics);
    return metrics;
  }
}

/** `arn:aws:logs:us-east-1:123456789012:log-group:/aws/api-gateway/x` names `/aws/api-gateway/x`; Firehose is not here. */
function logGroupName(destinationArn: string | undefined): string | undefined {
  return destinationArn?.split(':log-group:')[1]?.replace(/:\*$/, '');
}
