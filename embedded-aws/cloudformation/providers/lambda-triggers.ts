import { count, flag, list, object, tagList, text, texts } from './provider-schema.ts';
import { contentId, type Resource, resource } from './resource.ts';

const destination = object({ Destination: text });

const mappingSchema = object({
  BatchSize: count.optional(),
  Enabled: flag.optional(),
  EventSourceArn: text,
  FilterCriteria: object({ Filters: list(object({ Pattern: text.optional() })).optional() }).optional(),
  FunctionName: text,
  FunctionResponseTypes: texts.optional(),
  MaximumBatchingWindowInSeconds: count.optional(),
  ScalingConfig: object({ MaximumConcurrency: count.optional() }).optional(),
  Tags: tagList.optional(),
});

const eventSourceMapping = resource({
  type: 'AWS::Lambda::EventSourceMapping',
  schema: mappingSchema,
  replacement: ['EventSourceArn'],
  notImplemented: ['StartingPosition', 'ParallelizationFactor', 'DestinationConfig', 'Queues', 'Topics'],
  create: async ({ properties: { Tags: _tags, ...input }, call }) => {
    const { UUID } = await call<{ UUID: string }>('lambda', 'CreateEventSourceMapping', input);
    return { id: UUID, attributes: { Id: UUID } };
  },
  update: async ({ properties, call }, { id }) => {
    const { EventSourceArn: _source, Tags: _tags, ...input } = properties;
    await call('lambda', 'UpdateEventSourceMapping', { ...input, UUID: id });
  },
  delete: ({ call }, { id }) => call('lambda', 'DeleteEventSourceMapping', { UUID: id }),
});

const invokeSchema = object({
  DestinationConfig: object({ OnFailure: destination.optional(), OnSuccess: destination.optional() }).optional(),
  FunctionName: text,
  MaximumEventAgeInSeconds: count.optional(),
  MaximumRetryAttempts: count.optional(),
  Qualifier: text,
});
type InvokeResource = Resource<ReturnType<typeof invokeSchema.parse>>;

const putInvokeConfig = ({ properties, call }: InvokeResource) =>
  call('lambda', 'PutFunctionEventInvokeConfig', properties);

const eventInvokeConfig = resource({
  type: 'AWS::Lambda::EventInvokeConfig',
  schema: invokeSchema,
  replacement: ['FunctionName', 'Qualifier'],
  create: async (it) => {
    await putInvokeConfig(it);
    return { id: contentId(it.stackId, it.logicalId) };
  },
  update: putInvokeConfig,
  delete: ({ properties: { FunctionName, Qualifier }, call }) =>
    call('lambda', 'DeleteFunctionEventInvokeConfig', { FunctionName, Qualifier }),
});

export const lambdaTriggerTypes = [eventSourceMapping, eventInvokeConfig];
