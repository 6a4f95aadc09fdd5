import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { type MetricPoints, QueryEvaluation, readMetric, type TimeRange } from '../metrics/metric-query.ts';
import type { MetricStore } from '../metrics/metric-store.ts';
import { type Datapoint, EXTRA_PERIODS } from './alarm-evaluation.ts';
import { alarmPeriodSeconds } from './alarm-rules.ts';

const MINUTE_SECONDS = 60;
const SUB_MINUTE_STEP_SECONDS = 10;

/** How often an alarm is evaluated: every minute, or every ten seconds when its period is shorter than a minute. */
export const evaluationStepMs = (config: PutMetricAlarmInput): number =>
  (alarmPeriodSeconds(config) < MINUTE_SECONDS ? SUB_MINUTE_STEP_SECONDS : MINUTE_SECONDS) * 1000;

/** The last complete periods that an alarm looks at, oldest first, missing ones included. */
export function alarmDatapoints(store: MetricStore, config: PutMetricAlarmInput, nowMs: number): Datapoint[] {
  const periodMs = alarmPeriodSeconds(config) * 1000;
  const stepMs = evaluationStepMs(config);
  const toMs = Math.floor(nowMs / stepMs) * stepMs;
  const fromMs = toMs - ((config.EvaluationPeriods ?? 1) + EXTRA_PERIODS) * periodMs;
  const { values, sampleCounts } = alarmPoints(store, config, { fromMs, toMs });
  const datapoints: Datapoint[] = [];
  for (let startMs = fromMs; startMs < toMs; startMs += periodMs) {
    datapoints.push({ startMs, value: values.get(startMs), sampleCount: sampleCounts.get(startMs) ?? 0 });
  }
  return datapoints;
}

function alarmPoints(
  store: MetricStore,
  config: PutMetricAlarmInput,
  range: TimeRange,
): Pick<MetricPoints, 'values' | 'sampleCounts'> {
  const queries = config.Metrics ?? [];
  if (queries.length === 0) {
    const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic, Unit } = config;
    const Metric = { Namespace, MetricName, Dimensions };
    return readMetric(store, { Metric, Period, Stat: Statistic ?? ExtendedStatistic, Unit }, range);
  }
  const returned = queries.find((query) => query.ReturnData ?? true);
  const points = new QueryEvaluation(store, queries, range).points(returned?.Id ?? '');
  return { values: points.values, sampleCounts: new Map() };
}
