import { count, flag, list, object, tagList, tagMap, text } from './provider-schema.ts';
import { arnOf, differs, type Resource, resource } from './resource.ts';

const groupSchema = object({
  KmsKeyId: text.optional(),
  LogGroupClass: text.optional(),
  LogGroupName: text.optional(),
  RetentionInDays: count.optional(),
  Tags: tagList.optional(),
});
type GroupResource = Resource<ReturnType<typeof groupSchema.parse>>;

async function setRetention({ properties, call }: GroupResource, logGroupName: string): Promise<void> {
  const retentionInDays = properties.RetentionInDays;
  if (retentionInDays === undefined) await call('logs', 'DeleteRetentionPolicy', { logGroupName });
  else await call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays });
}

async function setKey({ properties, call }: GroupResource, logGroupName: string): Promise<void> {
  const kmsKeyId = properties.KmsKeyId;
  if (kmsKeyId === undefined) await call('logs', 'DisassociateKmsKey', { logGroupName });
  else await call('logs', 'AssociateKmsKey', { logGroupName, kmsKeyId });
}

const logGroup = resource({
  type: 'AWS::Logs::LogGroup',
  schema: groupSchema,
  replacement: ['LogGroupName', 'LogGroupClass'],
  nameProperty: 'LogGroupName',
  notImplemented: ['DataProtectionPolicy', 'FieldIndexPolicies'],
  create: async ({ properties, call, generatedName }) => {
    const logGroupName = properties.LogGroupName ?? generatedName();
    const tags = { ...(properties.Tags && { tags: tagMap(properties.Tags) }) };
    const { KmsKeyId: kmsKeyId, LogGroupClass: logGroupClass } = properties;
    await call('logs', 'CreateLogGroup', { logGroupName, kmsKeyId, logGroupClass, ...tags });
    return { id: logGroupName, attributes: { Arn: arnOf('logs', `log-group:${logGroupName}:*`) } };
  },
  complete: async (it, { id }) => {
    if (it.properties.RetentionInDays !== undefined) await setRetention(it, id);
  },
  update: async (it, { id }, previous) => {
    if (differs(previous, it.properties, 'RetentionInDays')) await setRetention(it, id);
    if (differs(previous, it.properties, 'KmsKeyId')) await setKey(it, id);
  },
  delete: ({ call }, { id }) => call('logs', 'DeleteLogGroup', { logGroupName: id }),
});

const subscriptionSchema = object({
  ApplyOnTransformedLogs: flag.optional(),
  DestinationArn: text,
  Distribution: text.optional(),
  FilterName: text.optional(),
  FilterPattern: text,
  LogGroupName: text,
  RoleArn: text.optional(),
});
type SubscriptionResource = Resource<ReturnType<typeof subscriptionSchema.parse>>;

const putSubscription = ({ properties, call }: SubscriptionResource, filterName: string) =>
  call('logs', 'PutSubscriptionFilter', {
    filterName,
    logGroupName: properties.LogGroupName,
    filterPattern: properties.FilterPattern,
    destinationArn: properties.DestinationArn,
    distribution: properties.Distribution,
    roleArn: properties.RoleArn,
  });

const subscriptionFilter = resource({
  type: 'AWS::Logs::SubscriptionFilter',
  schema: subscriptionSchema,
  replacement: ['FilterName', 'LogGroupName'],
  nameProperty: 'FilterName',
  create: async (it) => {
    const id = it.properties.FilterName ?? it.generatedName();
    await putSubscription(it, id);
    return { id };
  },
  update: (it, { id }) => putSubscription(it, id),
  delete: ({ properties, call }, { id }) =>
    call('logs', 'DeleteSubscriptionFilter', { logGroupName: properties.LogGroupName, filterName: id }),
});

const transformation = object({
  DefaultValue: count.optional(),
  Dimensions: list(object({ Key: text, Value: text })).optional(),
  MetricName: text,
  MetricNamespace: text,
  MetricValue: text,
  Unit: text.optional(),
});

const metricSchema = object({
  ApplyOnTransformedLogs: flag.optional(),
  FilterName: text.optional(),
  FilterPattern: text,
  LogGroupName: text,
  MetricTransformations: list(transformation),
});
type MetricResource = Resource<ReturnType<typeof metricSchema.parse>>;

const putMetricFilter = ({ properties, call }: MetricResource, filterName: string) =>
  call('logs', 'PutMetricFilter', {
    filterName,
    logGroupName: properties.LogGroupName,
    filterPattern: properties.FilterPattern,
    metricTransformations: properties.MetricTransformations.map((to) => ({
      metricName: to.MetricName,
      metricNamespace: to.MetricNamespace,
      metricValue: to.MetricValue,
      ...(to.DefaultValue !== undefined && { defaultValue: to.DefaultValue }),
      ...(to.Unit !== undefined && { unit: to.Unit }),
      ...(to.Dimensions && { dimensions: tagMap(to.Dimensions) }),
    })),
  });

const metricFilter = resource({
  type: 'AWS::Logs::MetricFilter',
  schema: metricSchema,
  replacement: ['FilterName', 'LogGroupName'],
  nameProperty: 'FilterName',
  create: async (it) => {
    const id = it.properties.FilterName ?? it.generatedName();
    await putMetricFilter(it, id);
    return { id };
  },
  update: (it, { id }) => putMetricFilter(it, id),
  delete: ({ properties, call }, { id }) =>
    call('logs', 'DeleteMetricFilter', { logGroupName: properties.LogGroupName, filterName: id }),
});

export const logsTypes = [logGroup, subscriptionFilter, metricFilter];
