import type {
  CompositeAlarm,
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  MetricAlarm,
  TagResourceInput,
  UntagResourceInput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../kernel/aws-error.ts';
import { validationError } from '../cloudwatch-errors.ts';
import type { AlarmRecord, CompositeAlarmRecord, MetricAlarmRecord } from './alarm.ts';
import type { Alarms } from './alarms.ts';

const MOST_RECORDS = 100;

function commonView(alarm: AlarmRecord) {
  const { config, state } = alarm;
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    ...(config.AlarmDescription !== undefined && { AlarmDescription: config.AlarmDescription }),
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredMs),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: config.OKActions ?? [],
    AlarmActions: config.AlarmActions ?? [],
    InsufficientDataActions: config.InsufficientDataActions ?? [],
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.reasonData !== undefined && { StateReasonData: state.reasonData }),
    StateUpdatedTimestamp: new Date(state.atMs),
    StateTransitionedTimestamp: new Date(state.atMs),
  };
}

function metricView(alarm: MetricAlarmRecord): MetricAlarm {
  const { Metrics, MetricName, Namespace, Statistic, ExtendedStatistic, Period, Unit, ...rest } = alarm.config;
  const { DatapointsToAlarm, TreatMissingData, EvaluateLowSampleCountPercentile } = rest;
  const metric = Metrics
    ? { Metrics, Dimensions: [] }
    : { MetricName, Namespace, Statistic, ExtendedStatistic, Period, Unit, Dimensions: rest.Dimensions ?? [] };
  return {
    ...commonView(alarm),
    ...metric,
    EvaluationPeriods: rest.EvaluationPeriods,
    ...(DatapointsToAlarm !== undefined && { DatapointsToAlarm }),
    Threshold: rest.Threshold,
    ComparisonOperator: rest.ComparisonOperator,
    ...(TreatMissingData !== undefined && { TreatMissingData }),
    ...(EvaluateLowSampleCountPercentile !== undefined && { EvaluateLowSampleCountPercentile }),
  };
}

const compositeView = (alarm: CompositeAlarmRecord): CompositeAlarm => ({
  ...commonView(alarm),
  AlarmRule: alarm.config.AlarmRule,
});

/** Metric alarms only, unless the request asks for composite ones. */
export function describeAlarms(alarms: Alarms, input: DescribeAlarmsInput): DescribeAlarmsOutput {
  const { AlarmNames, AlarmNamePrefix, AlarmTypes = ['MetricAlarm'], StateValue, ActionPrefix } = input;
  if (AlarmNames && AlarmNames.length > 0 && AlarmNamePrefix !== undefined) {
    throw validationError('AlarmNamePrefix cannot be specified together with AlarmNames.');
  }
  const found = alarms.all().filter((alarm) => {
    const actions = [alarm.config.OKActions, alarm.config.AlarmActions, alarm.config.InsufficientDataActions].flat();
    return (
      (!AlarmNames || AlarmNames.length === 0 || AlarmNames.includes(alarm.name)) &&
      alarm.name.startsWith(AlarmNamePrefix ?? '') &&
      (StateValue === undefined || alarm.state.value === StateValue) &&
      (ActionPrefix === undefined || actions.some((action) => action?.startsWith(ActionPrefix))) &&
      AlarmTypes.some((type) => type === (alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm'))
    );
  });
  const { items, next } = page(found, input.MaxRecords, input.NextToken);
  return {
    MetricAlarms: items.filter((alarm) => alarm.kind === 'metric').map(metricView),
    CompositeAlarms: items.filter((alarm) => alarm.kind === 'composite').map(compositeView),
    LogAlarms: [],
    ...next,
  };
}

export function describeAlarmHistory(alarms: Alarms, input: DescribeAlarmHistoryInput): DescribeAlarmHistoryOutput {
  const { items, next } = page(alarms.history.describe(input), input.MaxRecords, input.NextToken);
  return { AlarmHistoryItems: items, ...next };
}

/** AWS ignores names that it does not know. */
export function enableActions(alarms: Alarms, names: readonly string[] | undefined, isEnabled: boolean): void {
  for (const name of names ?? []) {
    const alarm = alarms.find(name);
    if (alarm) alarm.actionsEnabled = isEnabled;
  }
}

/** @throws AwsError for a name that is not there: nothing is deleted then. */
export function deleteAlarms(alarms: Alarms, names: readonly string[] | undefined): void {
  const unknown = (names ?? []).filter((name) => !alarms.find(name));
  if (unknown.length > 0) throw new AwsError('ResourceNotFound', '', { status: 404 });
  for (const name of names ?? []) alarms.delete(name);
}

export function listTags(alarms: Alarms, input: ListTagsForResourceInput): ListTagsForResourceOutput {
  return { Tags: [...needByArn(alarms, input.ResourceARN).tags].map(([Key, Value]) => ({ Key, Value })) };
}

export function tagResource(alarms: Alarms, input: TagResourceInput): void {
  const { tags } = needByArn(alarms, input.ResourceARN);
  for (const { Key, Value } of input.Tags ?? []) tags.set(Key ?? '', Value ?? '');
}

export function untagResource(alarms: Alarms, input: UntagResourceInput): void {
  const { tags } = needByArn(alarms, input.ResourceARN);
  for (const key of input.TagKeys ?? []) tags.delete(key);
}

function needByArn(alarms: Alarms, arn: string | undefined): AlarmRecord {
  const alarm = alarms.all().find((candidate) => candidate.arn === arn);
  if (!alarm) throw new AwsError('ResourceNotFoundException', `The resource ${arn} does not exist.`, { status: 404 });
  return alarm;
}

function page<Item>(
  items: readonly Item[],
  size = MOST_RECORDS,
  token?: string,
): { items: Item[]; next: { NextToken?: string } } {
  const start = token ? Number(token) : 0;
  if (!Number.isInteger(start)) throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: String(end) } : {} };
}
