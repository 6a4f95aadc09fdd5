import type { MetricTransformation } from '@aws-sdk/client-cloudwatch-logs';
import type { LogLine } from '../event.ts';
import { compilePattern, type Matcher } from './filter-pattern.ts';
import { parseObject, valueAt } from './json-pattern.ts';

/** A value for CloudWatch, as `CloudWatchService.record` takes it. */
export interface LogMetricSample {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, string>;
  readonly unit?: string;
  readonly timestampMs: number;
  readonly value: number;
  readonly count?: number;
}

/** Turns matching log events into values of one metric. */
export class MetricFilter {
  readonly filterName: string;
  readonly filterPattern: string;
  readonly transformation: MetricTransformation;
  readonly createdMs: number;
  private readonly matches: Matcher;

  constructor(filterName: string, filterPattern: string, transformation: MetricTransformation, createdMs: number) {
    this.filterName = filterName;
    this.filterPattern = filterPattern;
    this.transformation = transformation;
    this.createdMs = createdMs;
    this.matches = compilePattern(filterPattern);
  }

  /** The sample that a line yields, or undefined when it has none: no match, no number, a dimension missing. */
  sample(line: LogLine): LogMetricSample | undefined {
    const value = this.value(line.message);
    const dimensions = value === undefined ? undefined : this.dimensions(line.message);
    if (value === undefined || !dimensions) return undefined;
    const { metricNamespace, metricName, unit } = this.transformation;
    return {
      namespace: metricNamespace ?? '',
      metricName: metricName ?? '',
      dimensions,
      ...(unit !== undefined && { unit }),
      timestampMs: line.timestamp,
      value,
    };
  }

  private value(message: string): number | undefined {
    const { metricValue = '1', defaultValue } = this.transformation;
    if (!this.matches(message)) return defaultValue;
    const found = metricValue.startsWith('$') ? valueAt(parseObject(message), metricValue) : metricValue;
    const value = found === undefined || found === '' ? Number.NaN : Number(found);
    return Number.isFinite(value) ? value : undefined;
  }

  private dimensions(message: string): Record<string, string> | undefined {
    const selectors = Object.entries(this.transformation.dimensions ?? {});
    if (selectors.length === 0) return {};
    const document = parseObject(message);
    const found = selectors.map(([name, path]) => [name, valueAt(document, path)] as const);
    if (found.some(([, value]) => value === undefined || value === null)) return undefined;
    return Object.fromEntries(found.map(([name, value]) => [name, String(value)]));
  }
}
