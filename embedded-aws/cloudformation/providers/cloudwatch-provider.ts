import { count, flag, list, object, tagList, text, texts } from './provider-schema.ts';
import { arnOf, type Resource, resource } from './resource.ts';

const dimensions = list(object({ Name: text, Value: text }));
const metric = object({ Dimensions: dimensions.optional(), MetricName: text.optional(), Namespace: text.optional() });
const metricQuery = object({
  AccountId: text.optional(),
  Expression: text.optional(),
  Id: text,
  Label: text.optional(),
  MetricStat: object({ Metric: metric, Period: count, Stat: text, Unit: text.optional() }).optional(),
  Period: count.optional(),
  ReturnData: flag.optional(),
});

const actions = {
  ActionsEnabled: flag.optional(),
  AlarmActions: texts.optional(),
  AlarmDescription: text.optional(),
  AlarmName: text.optional(),
  InsufficientDataActions: texts.optional(),
  OKActions: texts.optional(),
  Tags: tagList.optional(),
};

const alarmSchema = object({
  ...actions,
  ComparisonOperator: text,
  DatapointsToAlarm: count.optional(),
  Dimensions: dimensions.optional(),
  EvaluateLowSampleCountPercentile: text.optional(),
  EvaluationPeriods: count,
  ExtendedStatistic: text.optional(),
  MetricName: text.optional(),
  Metrics: list(metricQuery).optional(),
  Namespace: text.optional(),
  Period: count.optional(),
  Statistic: text.optional(),
  Threshold: count.optional(),
  ThresholdMetricId: text.optional(),
  TreatMissingData: text.optional(),
  Unit: text.optional(),
});

const compositeSchema = object({
  ...actions,
  ActionsSuppressor: text.optional(),
  ActionsSuppressorExtensionPeriod: count.optional(),
  ActionsSuppressorWaitPeriod: count.optional(),
  AlarmRule: text,
});

interface AlarmProperties {
  readonly AlarmName?: string | undefined;
}

function alarmLifeCycle<Properties extends AlarmProperties>(operation: 'PutMetricAlarm' | 'PutCompositeAlarm') {
  const put = ({ properties, call }: Resource<Properties>, AlarmName: string) =>
    call('monitoring', operation, { ...properties, AlarmName });
  return {
    replacement: ['AlarmName'] as ['AlarmName'],
    nameProperty: 'AlarmName' as const,
    create: async (it: Resource<Properties>) => {
      const AlarmName = it.properties.AlarmName ?? it.generatedName();
      await put(it, AlarmName);
      return { id: AlarmName, attributes: { Arn: arnOf('cloudwatch', `alarm:${AlarmName}`) } };
    },
    update: (it: Resource<Properties>, { id }: { id: string }) => put(it, id),
    delete: ({ call }: Resource<Properties>, { id }: { id: string }) =>
      call('monitoring', 'DeleteAlarms', { AlarmNames: [id] }),
  };
}

const alarm = resource({
  type: 'AWS::CloudWatch::Alarm',
  schema: alarmSchema,
  ...alarmLifeCycle<ReturnType<typeof alarmSchema.parse>>('PutMetricAlarm'),
});

const compositeAlarm = resource({
  type: 'AWS::CloudWatch::CompositeAlarm',
  schema: compositeSchema,
  ...alarmLifeCycle<ReturnType<typeof compositeSchema.parse>>('PutCompositeAlarm'),
});

const dashboardSchema = object({ DashboardBody: text, DashboardName: text.optional() });
type DashboardResource = Resource<ReturnType<typeof dashboardSchema.parse>>;

const putDashboard = ({ properties, call }: DashboardResource, DashboardName: string) =>
  call('monitoring', 'PutDashboard', { DashboardName, DashboardBody: properties.DashboardBody });

const dashboard = resource({
  type: 'AWS::CloudWatch::Dashboard',
  schema: dashboardSchema,
  replacement: ['DashboardName'],
  nameProperty: 'DashboardName',
  create: async (it) => {
    const id = it.properties.DashboardName ?? it.generatedName();
    await putDashboard(it, id);
    return { id };
  },
  update: (it, { id }) => putDashboard(it, id),
  delete: ({ call }, { id }) => call('monitoring', 'DeleteDashboards', { DashboardNames: [id] }),
});

export const cloudWatchTypes = [alarm, compositeAlarm, dashboard];
