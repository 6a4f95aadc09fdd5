import type {
  Datapoint,
  GetMetricDataInput,
  GetMetricDataOutput,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  ListMetricsInput,
  ListMetricsOutput,
  MetricDataQuery,
  MetricDataResult,
  StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../kernel/aws-error.ts';
import { own } from '../../../kernel/plain-records.ts';
import type { Clock } from '../../../kernel/simulation-clock.ts';
import { invalidCombination, invalidValue, validationError } from '../cloudwatch-errors.ts';
import { queryLabel } from './labels.ts';
import { aggregate, dimensionsOf, needStatistic, QueryEvaluation, type TimeRange } from './metric-query.ts';
import type { MetricStore } from './metric-store.ts';
import type { Statistics } from './statistics.ts';

const MINUTE_MS = 60_000;
const MOST_QUERIES = 500;
const MOST_STATISTICS_POINTS = 1_440;
const LIST_PAGE = 500;
const RECENT_MS = 3 * 3_600_000;

/** A request's range; it begins on a boundary of the period, or of the minute when the period is longer. */
function rangeOf(from: Date | undefined, to: Date | undefined, periodSeconds: number): TimeRange {
  const stepMs = Math.min(periodSeconds * 1000, MINUTE_MS);
  return { fromMs: Math.floor((from?.getTime() ?? 0) / stepMs) * stepMs, toMs: to?.getTime() ?? 0 };
}

export function getMetricData(store: MetricStore, input: GetMetricDataInput): GetMetricDataOutput {
  const { StartTime, EndTime, MetricDataQueries: queries = [], ScanBy } = input;
  if (!StartTime || !EndTime || StartTime >= EndTime) {
    throw validationError('The parameter StartTime must be less than the parameter EndTime.');
  }
  assertQueries(queries);
  const periods = queries.map((query) => query.MetricStat?.Period ?? query.Period ?? 60);
  const evaluation = new QueryEvaluation(store, queries, rangeOf(StartTime, EndTime, Math.min(60, ...periods)));
  const returned = queries.filter((query) => query.ReturnData ?? true);
  const MetricDataResults = returned.map((query): MetricDataResult => {
    const points = evaluation.points(query.Id ?? '');
    const entries = [...points.values].sort(([a], [b]) => (ScanBy === 'TimestampAscending' ? a - b : b - a));
    const messages = 'mixedUnits' in points ? unitMessages(points.mixedUnits as readonly string[]) : {};
    return {
      Id: query.Id,
      Label: queryLabel(query, queries),
      Timestamps: entries.map(([atMs]) => new Date(atMs)),
      Values: entries.map(([, value]) => value),
      StatusCode: 'Complete',
      ...messages,
    };
  });
  return { MetricDataResults, Messages: [] };
}

function assertQueries(queries: readonly MetricDataQuery[]): void {
  if (queries.length > MOST_QUERIES) {
    throw validationError(`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`);
  }
  const ids = queries.map((query) => query.Id ?? '');
  const bad = ids.find((id, index) => !/^[a-z]\w*$/.test(id) || ids.indexOf(id) !== index);
  if (bad !== undefined) {
    throw validationError(
      `The value ${bad} for parameter MetricDataQueries.member.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$ or is not unique.`,
    );
  }
  for (const { Id, MetricStat, Expression } of queries) {
    if ((MetricStat === undefined) === (Expression === undefined)) {
      throw validationError(`Either MetricStat or Expression must be set for the query ${Id}.`);
    }
  }
}

function unitMessages(units: readonly string[]): Pick<MetricDataResult, 'Messages'> {
  if (units.length < 2) return {};
  return { Messages: [{ Code: 'MultipleUnits', Value: `Multiple units returned: '[${units.join(', ')}]'` }] };
}

export function getMetricStatistics(store: MetricStore, input: GetMetricStatisticsInput): GetMetricStatisticsOutput {
  const { Namespace = '', MetricName = '', Period = 60, StartTime, EndTime } = input;
  if (!StartTime || !EndTime || StartTime >= EndTime) {
    throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  }
  const requested = Math.floor((EndTime.getTime() - StartTime.getTime()) / 1000 / Period);
  if (requested > MOST_STATISTICS_POINTS) {
    throw invalidCombination(
      `You have requested up to ${requested} datapoints, which exceeds the limit of ${MOST_STATISTICS_POINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  const metric = store.find(Namespace, MetricName, dimensionsOf(input.Dimensions));
  const range = rangeOf(StartTime, EndTime, Period);
  const units = input.Unit ? [input.Unit] : [...(metric?.seriesByUnit.keys() ?? [])].sort();
  const Datapoints = units.flatMap((unit) =>
    metric ? aggregate(store, metric, unit, Period * 1000, range).map((each) => datapoint(each, unit, input)) : [],
  );
  return { Label: MetricName, Datapoints };
}

function datapoint(period: Statistics, unit: string, input: GetMetricStatisticsInput): Datapoint {
  const valuesOf = (names: readonly string[] | undefined) =>
    Object.fromEntries((names ?? []).map((name) => [name, period.value(needStatistic(name, 'Statistics'))]));
  const extended = Object.entries(valuesOf(input.ExtendedStatistics)).filter(([, value]) => value !== undefined);
  return {
    Timestamp: new Date(period.startMs),
    // Whatever unit came in goes out again.
    Unit: unit as StandardUnit,
    ...valuesOf(input.Statistics),
    ...(extended.length > 0 && { ExtendedStatistics: Object.fromEntries(extended) as Record<string, number> }),
  };
}

export function listMetrics(store: MetricStore, input: ListMetricsInput, clock: Clock): ListMetricsOutput {
  const { Namespace, MetricName, Dimensions = [], RecentlyActive } = input;
  const found = store
    .all()
    .filter(
      (metric) =>
        (Namespace === undefined || metric.namespace === Namespace) &&
        (MetricName === undefined || metric.metricName === MetricName) &&
        (RecentlyActive === undefined || clock.now() - metric.lastSampleMs <= RECENT_MS) &&
        Dimensions.every(({ Name = '', Value }) =>
          Value === undefined ? Object.hasOwn(metric.dimensions, Name) : own(metric.dimensions, Name) === Value,
        ),
    );
  const start = input.NextToken ? Number(input.NextToken) : 0;
  if (!Number.isInteger(start)) throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  const end = start + LIST_PAGE;
  return {
    Metrics: found.slice(start, end).map((metric) => ({
      Namespace: metric.namespace,
      MetricName: metric.metricName,
      Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
    ...(end < found.length && { NextToken: String(end) }),
  };
}
