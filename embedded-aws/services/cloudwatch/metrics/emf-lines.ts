import { emptyRecord, own } from '../../../kernel/plain-records.ts';
import type { MetricSample } from './metric-store.ts';

const MOST_DIMENSIONS = 30;
const MOST_METRICS = 100;
const MOST_VALUES = 100;
const LONGEST_DIMENSION_VALUE = 1024;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a log line in the Embedded Metric Format. The line must be one JSON document that keeps the specification;
 * otherwise it yields undefined, and CloudWatch extracts nothing from it.
 */
export function parseEmf(message: string): MetricSample[] | undefined {
  const document = parse(message);
  const metadata = document?._aws;
  if (!document || !isObject(metadata)) return undefined;
  const { Timestamp: timestampMs, CloudWatchMetrics: directives } = metadata;
  if (typeof timestampMs !== 'number' || !Number.isInteger(timestampMs) || !Array.isArray(directives)) return undefined;
  const samples: MetricSample[] = [];
  for (const directive of directives) {
    const found = readDirective(document, timestampMs, directive);
    if (!found) return undefined;
    samples.push(...found);
  }
  return samples;
}

function parse(message: string): Json | undefined {
  try {
    const document: unknown = JSON.parse(message);
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

function readDirective(document: Json, timestampMs: number, directive: unknown): MetricSample[] | undefined {
  if (!isObject(directive)) return undefined;
  const { Namespace: namespace, Dimensions: sets, Metrics: metrics } = directive;
  if (typeof namespace !== 'string' || namespace === '' || !Array.isArray(sets) || !Array.isArray(metrics))
    return undefined;
  if (metrics.length > MOST_METRICS) return undefined;
  const dimensionSets = sets.map((set) => readDimensions(document, set));
  if (dimensionSets.includes(undefined)) return undefined;
  const samples: MetricSample[] = [];
  for (const definition of metrics) {
    const values = readMetric(document, definition);
    if (!values) return undefined;
    for (const dimensions of dimensionSets as Record<string, string>[]) {
      for (const value of values.values) {
        samples.push({ namespace, dimensions, timestampMs, value, ...values.metric });
      }
    }
  }
  return samples;
}

function readDimensions(document: Json, names: unknown): Record<string, string> | undefined {
  if (!Array.isArray(names) || names.length > MOST_DIMENSIONS) return undefined;
  const dimensions = emptyRecord<string>();
  for (const name of names) {
    const value = typeof name === 'string' ? own(document, name) : undefined;
    if (typeof value !== 'string' || value === '' || value.length > LONGEST_DIMENSION_VALUE) return undefined;
    dimensions[name] = value;
  }
  return dimensions;
}

function readMetric(document: Json, definition: unknown) {
  if (!isObject(definition) || typeof definition.Name !== 'string') return undefined;
  const { Name: metricName, Unit: unit, StorageResolution: storageResolution } = definition;
  if (unit !== undefined && typeof unit !== 'string') return undefined;
  if (storageResolution !== undefined && storageResolution !== 1 && storageResolution !== 60) return undefined;
  const target = own(document, metricName);
  const values: unknown[] = Array.isArray(target) ? target : [target];
  if (values.length > MOST_VALUES || !values.every((value) => typeof value === 'number')) return undefined;
  return { values, metric: { metricName, unit, storageResolution } };
}
