import type { MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch';
import { invalidValue, validationError } from '../cloudwatch-errors.ts';
import { evaluateExpression, type Points } from './metric-math.ts';
import type { Metric, MetricStore } from './metric-store.ts';
import { parseStatistic, type Statistic, Statistics } from './statistics.ts';

export interface TimeRange {
  /** Inclusive, on a boundary of the period. */
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
}

/** Points of a metric, with the number of values behind each, and the units when there were several. */
export interface MetricPoints extends Points {
  readonly sampleCounts: ReadonlyMap<number, number>;
  readonly mixedUnits: readonly string[];
}

export const dimensionsOf = (
  list: readonly { Name?: string | undefined; Value?: string | undefined }[] | undefined,
): Record<string, string> => Object.fromEntries((list ?? []).map(({ Name, Value }) => [Name ?? '', Value ?? '']));

/** The statistics of one unit by period, oldest first; periods count from the beginning of the range. */
export function aggregate(
  store: MetricStore,
  metric: Metric,
  unit: string,
  periodMs: number,
  { fromMs, toMs }: TimeRange,
): Statistics[] {
  const series = metric.seriesByUnit.get(unit);
  const periods = new Map<number, Statistics>();
  const sums = new Set<Statistics>();
  for (const interval of series ? store.visible(metric, series, fromMs, toMs) : []) {
    const startMs = fromMs + Math.floor((interval.startMs - fromMs) / periodMs) * periodMs;
    let period = periods.get(startMs);
    if (!period && interval.startMs === startMs) {
      periods.set(startMs, interval);
      continue;
    }
    if (!period || !sums.has(period)) {
      // The stored intervals stay as they are: sums are made in a copy.
      const sum = new Statistics(startMs);
      if (period) sum.merge(period);
      sums.add(sum);
      periods.set(startMs, sum);
      period = sum;
    }
    period.merge(interval);
  }
  return [...periods.values()];
}

/** @throws AwsError when the statistic is none. */
export function needStatistic(text: string | undefined, parameter: string): Statistic {
  const statistic = parseStatistic(text ?? '');
  if (!statistic) throw invalidValue(`The value ${text} for parameter ${parameter} is not supported.`);
  return statistic;
}

export function readMetric(store: MetricStore, query: MetricStat, range: TimeRange): MetricPoints {
  const periodMs = (query.Period ?? 60) * 1000;
  const statistic = needStatistic(query.Stat, 'MetricStat.Stat');
  const { Namespace = '', MetricName = '', Dimensions } = query.Metric ?? {};
  const metric = store.find(Namespace, MetricName, dimensionsOf(Dimensions));
  const units = metric ? [...metric.seriesByUnit.keys()].sort() : [];
  const unit = query.Unit ?? units[0];
  const values = new Map<number, number>();
  const sampleCounts = new Map<number, number>();
  for (const period of metric && unit ? aggregate(store, metric, unit, periodMs, range) : []) {
    const value = period.value(statistic);
    if (value === undefined) continue;
    values.set(period.startMs, value);
    sampleCounts.set(period.startMs, period.count);
  }
  const isMixed = query.Unit === undefined && units.length > 1;
  return { periodMs, values, sampleCounts, mixedUnits: isMixed ? units : [] };
}

/** Evaluates the queries of one request or alarm; an expression may use every other query by its id. */
export class QueryEvaluation {
  private readonly store: MetricStore;
  private readonly queries: ReadonlyMap<string, MetricDataQuery>;
  private readonly range: TimeRange;
  private readonly known = new Map<string, Points>();
  private readonly underWay = new Set<string>();

  constructor(store: MetricStore, queries: readonly MetricDataQuery[], range: TimeRange) {
    this.store = store;
    this.queries = new Map(queries.map((query) => [query.Id ?? '', query]));
    this.range = range;
  }

  /** @throws AwsError ValidationError for an expression that cannot be evaluated. */
  points(id: string): Points {
    const known = this.known.get(id);
    if (known) return known;
    const query = this.queries.get(id);
    if (!query || this.underWay.has(id)) throw new SyntaxError(`Unknown or circular reference to ${id}`);
    this.underWay.add(id);
    const points = query.MetricStat ? readMetric(this.store, query.MetricStat, this.range) : this.expression(query);
    this.known.set(id, points);
    return points;
  }

  private expression(query: MetricDataQuery): Points {
    const periodMs = this.periodMs(query);
    const instants: number[] = [];
    for (let atMs = this.range.fromMs; atMs < this.range.toMs; atMs += periodMs) instants.push(atMs);
    try {
      return evaluateExpression(query.Expression ?? '', {
        resolve: (id) => this.points(id),
        metrics: () => this.metricIds().map((id) => this.points(id)),
        instants,
        periodMs,
      });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw validationError(`Error in expression '${query.Id}': ${error.message}`);
    }
  }

  private metricIds(): string[] {
    return [...this.queries].filter(([, query]) => query.MetricStat).map(([id]) => id);
  }

  private periodMs(query: MetricDataQuery): number {
    const periods = [...this.queries.values()].map((other) => other.MetricStat?.Period ?? 0);
    return (query.Period ?? (Math.max(...periods) || 60)) * 1000;
  }
}
