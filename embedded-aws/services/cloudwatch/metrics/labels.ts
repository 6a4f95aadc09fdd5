import type { MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch';
import { dimensionsOf } from './metric-query.ts';

/**
 * The label that CloudWatch makes for a result: an expression's id; a metric's name, with what tells it from the
 * other queries of the same metric: `NAME`, `NAME STAT`, `NAME STAT PERIOD`.
 */
export function queryLabel(query: MetricDataQuery, all: readonly MetricDataQuery[]): string {
  if (query.Label !== undefined) return query.Label;
  const stat = query.MetricStat;
  if (!stat) return query.Id ?? '';
  const { Namespace, MetricName = '' } = stat.Metric ?? {};
  const kin = all.flatMap(({ MetricStat }) =>
    MetricStat?.Metric?.MetricName === MetricName && MetricStat.Metric.Namespace === Namespace ? [MetricStat] : [],
  );
  const differs = (property: (other: MetricStat) => unknown) => new Set(kin.map(property)).size > 1;
  const own = Object.entries(dimensionsOf(stat.Metric?.Dimensions));
  const telling = own.filter(([name]) => differs((other) => dimensionsOf(other.Metric?.Dimensions)[name]));
  return [
    ...telling.map(([, value]) => value),
    MetricName,
    ...(differs((other) => other.Stat) ? [stat.Stat] : []),
    ...(differs((other) => other.Period) ? [stat.Period] : []),
  ].join(' ');
}
