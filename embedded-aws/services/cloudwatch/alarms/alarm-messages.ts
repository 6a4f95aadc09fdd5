import type { MetricDataQuery, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { ACCOUNT_ID, REGION } from '../../../kernel/aws.ts';
import { dimensionsOf } from '../metrics/metric-query.ts';
import { type AlarmRecord, type AlarmState, alarmTime } from './alarm.ts';

const REGION_NAME = 'US East (N. Virginia)';

/** A transition of an alarm. */
export interface Transition {
  readonly alarm: AlarmRecord;
  readonly from: AlarmState;
  readonly to: AlarmState;
}

const stateView = (state: AlarmState) => ({
  value: state.value,
  reason: state.reason,
  ...(state.reasonData !== undefined && { reasonData: state.reasonData }),
  timestamp: alarmTime(state.atMs),
});

/** The single metric of a plain alarm as the query that it is; its id only has to be the same every time. */
function metricQueries(config: PutMetricAlarmInput, metricId: string): readonly MetricDataQuery[] {
  if (config.Metrics && config.Metrics.length > 0) return config.Metrics;
  const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic, Unit } = config;
  const MetricStat = {
    Metric: { Namespace, MetricName, Dimensions },
    Period,
    Stat: Statistic ?? ExtendedStatistic,
    Unit,
  };
  return [{ Id: metricId, MetricStat, ReturnData: true }];
}

function queryView(query: MetricDataQuery) {
  const common = {
    id: query.Id,
    ...(query.Label !== undefined && { label: query.Label }),
    returnData: query.ReturnData ?? true,
  };
  const stat = query.MetricStat;
  if (!stat) return { ...common, expression: query.Expression };
  const metric = {
    namespace: stat.Metric?.Namespace,
    name: stat.Metric?.MetricName,
    dimensions: dimensionsOf(stat.Metric?.Dimensions),
  };
  return { ...common, metricStat: { metric, period: stat.Period, stat: stat.Stat, unit: stat.Unit } };
}

/** What EventBridge (`detail`) and a Lambda action (`alarmData`) both say of a transition. */
export function transitionView({ alarm, from, to }: Transition, metricId: string) {
  const description = alarm.config.AlarmDescription;
  const configuration =
    alarm.kind === 'composite'
      ? { alarmRule: alarm.config.AlarmRule }
      : { metrics: metricQueries(alarm.config, metricId).map(queryView) };
  return {
    alarmName: alarm.name,
    state: stateView(to),
    previousState: stateView(from),
    configuration: { ...(description !== undefined && { description }), ...configuration },
  };
}

export function lambdaPayload(transition: Transition, metricId: string) {
  return {
    source: 'aws.cloudwatch',
    alarmArn: transition.alarm.arn,
    accountId: ACCOUNT_ID,
    time: alarmTime(transition.to.atMs),
    region: REGION,
    alarmData: transitionView(transition, metricId),
  };
}

/** `SampleCount` becomes `SAMPLE_COUNT` in an SNS message, and only there. */
const upperSnake = (text: string): string => text.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

function trigger(config: PutMetricAlarmInput) {
  const common = {
    Period: config.Period,
    EvaluationPeriods: config.EvaluationPeriods,
    ...(config.DatapointsToAlarm !== undefined && { DatapointsToAlarm: config.DatapointsToAlarm }),
    ComparisonOperator: config.ComparisonOperator,
    Threshold: config.Threshold,
    TreatMissingData: config.TreatMissingData ?? '',
    EvaluateLowSampleCountPercentile: config.EvaluateLowSampleCountPercentile ?? '',
  };
  if (config.Metrics && config.Metrics.length > 0) return { ...common, Metrics: config.Metrics };
  const statistic = config.Statistic
    ? { StatisticType: 'Statistic', Statistic: upperSnake(config.Statistic) }
    : { StatisticType: 'ExtendedStatistic', ExtendedStatistic: config.ExtendedStatistic };
  const Dimensions = (config.Dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name }));
  const { MetricName, Namespace, Unit = null } = config;
  return { MetricName, Namespace, ...statistic, Unit, Dimensions, ...common };
}

/** The `Message` of an SNS notification, before it is turned into text. */
export function snsMessage({ alarm, from, to }: Transition) {
  const { config } = alarm;
  return {
    AlarmName: alarm.name,
    AlarmDescription: config.AlarmDescription ?? null,
    AWSAccountId: ACCOUNT_ID,
    AlarmConfigurationUpdatedTimestamp: alarmTime(alarm.configuredMs),
    NewStateValue: to.value,
    NewStateReason: to.reason,
    StateChangeTime: alarmTime(to.atMs),
    Region: REGION_NAME,
    AlarmArn: alarm.arn,
    OldStateValue: from.value,
    OKActions: config.OKActions ?? [],
    AlarmActions: config.AlarmActions ?? [],
    InsufficientDataActions: config.InsufficientDataActions ?? [],
    ...(alarm.kind === 'metric' ? { Trigger: trigger(alarm.config) } : { AlarmRule: alarm.config.AlarmRule }),
    ActionExecutedAfterMuteWindow: false,
  };
}

export const snsSubject = ({ alarm, to }: Transition): string =>
  `${to.value}: "${alarm.name}" in ${REGION_NAME}`.slice(0, 100);
