import { own } from '../../kernel/plain-records.ts';
import { count, document, documentText, flag, object, tagList, tagMap, text, texts } from './provider-schema.ts';
import { arnOf, type Resource, resource } from './resource.ts';

const queueSchema = object({
  ContentBasedDeduplication: flag.optional(),
  DeduplicationScope: text.optional(),
  DelaySeconds: count.optional(),
  FifoQueue: flag.optional(),
  FifoThroughputLimit: text.optional(),
  KmsDataKeyReusePeriodSeconds: count.optional(),
  KmsMasterKeyId: text.optional(),
  MaximumMessageSize: count.optional(),
  MessageRetentionPeriod: count.optional(),
  QueueName: text.optional(),
  ReceiveMessageWaitTimeSeconds: count.optional(),
  RedriveAllowPolicy: document.optional(),
  RedrivePolicy: document.optional(),
  SqsManagedSseEnabled: flag.optional(),
  Tags: tagList.optional(),
  VisibilityTimeout: count.optional(),
});
type QueueProperties = ReturnType<typeof queueSchema.parse>;

/** What a property goes back to when an update removes it, as recorded of AWS; the others keep their value. */
const WHEN_REMOVED: Readonly<Record<string, string>> = {
  DelaySeconds: '0',
  KmsMasterKeyId: '',
  MaximumMessageSize: '262144',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  RedriveAllowPolicy: '',
  RedrivePolicy: '',
  SqsManagedSseEnabled: 'false',
  VisibilityTimeout: '30',
};

function queueAttributes({ QueueName: _name, Tags: _tags, ...rest }: QueueProperties): Record<string, string> {
  const entries = Object.entries(rest).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}

function changedAttributes(previous: QueueProperties, next: QueueProperties): Record<string, string> {
  const attributes = queueAttributes(next);
  const removed = Object.keys(queueAttributes(previous)).filter((name) => !(name in attributes));
  const resets = removed.flatMap((name) => {
    const value = own(WHEN_REMOVED, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const { FifoQueue: _fixed, ...settable } = attributes;
  return { ...settable, ...Object.fromEntries(resets) };
}

const queue = resource({
  type: 'AWS::SQS::Queue',
  schema: queueSchema,
  replacement: ['QueueName', 'FifoQueue'],
  nameProperty: 'QueueName',
  create: async ({ properties, call, generatedName }) => {
    const suffix = properties.FifoQueue ? '.fifo' : '';
    const QueueName = properties.QueueName ?? `${generatedName(80 - suffix.length)}${suffix}`;
    const input = { QueueName, Attributes: queueAttributes(properties), tags: tagMap(properties.Tags) };
    const { QueueUrl } = await call<{ QueueUrl: string }>('sqs', 'CreateQueue', input);
    return { id: QueueUrl, attributes: { Arn: arnOf('sqs', QueueName), QueueName, QueueUrl } };
  },
  update: async ({ properties, call }, { id: QueueUrl }, previous) => {
    await call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: changedAttributes(previous, properties) });
  },
  delete: ({ call }, { id }) => call('sqs', 'DeleteQueue', { QueueUrl: id }),
});

const policySchema = object({ PolicyDocument: document, Queues: texts });
type PolicyResource = Resource<ReturnType<typeof policySchema.parse>>;

async function setPolicy(call: PolicyResource['call'], queues: readonly string[], Policy: string): Promise<void> {
  for (const QueueUrl of queues) await call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
}

const queuePolicy = resource({
  type: 'AWS::SQS::QueuePolicy',
  schema: policySchema,
  replacement: [],
  create: async ({ properties, call, generatedName }) => {
    await setPolicy(call, properties.Queues, documentText(properties.PolicyDocument));
    return { id: generatedName() };
  },
  update: async ({ properties, call }, _physical, previous) => {
    const dropped = previous.Queues.filter((url) => !properties.Queues.includes(url));
    await setPolicy(call, dropped, '');
    await setPolicy(call, properties.Queues, documentText(properties.PolicyDocument));
  },
  delete: ({ properties, call }) => setPolicy(call, properties.Queues, ''),
});

export const sqsTypes = [queue, queuePolicy];
