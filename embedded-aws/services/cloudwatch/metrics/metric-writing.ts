import type { MetricDatum, PutMetricDataInput } from '@aws-sdk/client-cloudwatch';
import { invalidCombination, invalidValue, missingParameter } from '../cloudwatch-errors.ts';
import { dimensionsOf } from './metric-query.ts';
import type { MetricSample, MetricStore } from './metric-store.ts';

const MOST_METRICS = 1_000;
const MOST_VALUES = 150;
const MOST_DIMENSIONS = 30;

/** @throws AwsError as PutMetricData would; nothing is taken then. */
export function putMetricData(store: MetricStore, input: PutMetricDataInput, nowMs: number): void {
  const namespace = input.Namespace;
  if (!namespace) throw missingParameter('Namespace');
  if (namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.');
  const data = input.MetricData ?? [];
  if (data.length > MOST_METRICS) {
    throw invalidValue(`The collection MetricData must not have a size greater than ${MOST_METRICS}.`);
  }
  const samples = data.flatMap((datum, index) => {
    assertDatum(datum, `MetricData.member.${index + 1}`);
    return samplesOf(namespace, datum, nowMs);
  });
  for (const sample of samples) store.record(sample);
}

function assertDatum(datum: MetricDatum, path: string): void {
  if (!datum.MetricName) throw missingParameter(`${path}.MetricName`);
  assertValues(datum, path);
  if ((datum.Dimensions ?? []).length > MOST_DIMENSIONS) {
    throw invalidValue(`The collection ${path}.Dimensions must not have a size greater than ${MOST_DIMENSIONS}.`);
  }
  if (datum.StorageResolution !== undefined && ![1, 60].includes(datum.StorageResolution)) {
    throw invalidValue(`The value ${datum.StorageResolution} for parameter ${path}.StorageResolution is invalid.`);
  }
}

function assertValues({ Value, Values, Counts, StatisticValues }: MetricDatum, path: string): void {
  if (Value !== undefined && Values !== undefined) throw exclusive(`${path}.Value`, `${path}.Values`);
  if (Value !== undefined && StatisticValues) throw exclusive(`${path}.Value`, `${path}.StatisticValues`);
  if (Value === undefined && !Values && !StatisticValues) throw missingParameter(`${path}.Value`);
  const values = Values ?? [];
  if (Counts && values.length !== Counts.length) {
    throw invalidValue(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`);
  }
  if (values.length > MOST_VALUES) {
    throw invalidValue(`The collection ${path}.Values must not have a size greater than ${MOST_VALUES}.`);
  }
  const bad = [Value ?? 0, ...values].find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw invalidValue(`The value ${bad} for parameter ${path}.Value is invalid.`);
}

const exclusive = (first: string, second: string) =>
  invalidCombination(`The parameters ${first} and ${second} are mutually exclusive and you have specified both.`);

function samplesOf(namespace: string, datum: MetricDatum, nowMs: number): MetricSample[] {
  const common = {
    namespace,
    metricName: datum.MetricName ?? '',
    dimensions: dimensionsOf(datum.Dimensions),
    unit: datum.Unit,
    timestampMs: datum.Timestamp?.getTime() ?? nowMs,
    storageResolution: datum.StorageResolution,
  };
  const summary = datum.StatisticValues;
  if (summary) {
    const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = summary;
    return [{ ...common, value: 0, summary: { count: SampleCount, sum: Sum, min: Minimum, max: Maximum } }];
  }
  const values = datum.Values ?? [datum.Value ?? 0];
  return values.map((value, index) => ({ ...common, value, count: datum.Counts?.[index] ?? 1 }));
}
