import { ACCOUNT_ID } from '../../kernel/aws.ts';
import { own } from '../../kernel/plain-records.ts';
import { document, documentText, flag, list, object, tagList, text, texts } from './provider-schema.ts';
import { differs, type Resource, resource } from './resource.ts';

const endpoint = object({ Endpoint: text, Protocol: text });

const topicSchema = object({
  ContentBasedDeduplication: flag.optional(),
  DisplayName: text.optional(),
  FifoTopic: flag.optional(),
  KmsMasterKeyId: text.optional(),
  SignatureVersion: text.optional(),
  Subscription: list(endpoint).optional(),
  Tags: tagList.optional(),
  TopicName: text.optional(),
  TracingConfig: text.optional(),
});
type TopicProperties = ReturnType<typeof topicSchema.parse>;
type TopicResource = Resource<TopicProperties>;

function topicAttributes({ TopicName: _name, Tags: _tags, Subscription: _subscription, ...rest }: TopicProperties) {
  const entries = Object.entries(rest).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

async function subscribeAll({ properties, call }: TopicResource, TopicArn: string): Promise<void> {
  for (const subscription of properties.Subscription ?? []) {
    await call('sns', 'Subscribe', { ...subscription, TopicArn, ReturnSubscriptionArn: true });
  }
}

const topic = resource({
  type: 'AWS::SNS::Topic',
  schema: topicSchema,
  replacement: ['TopicName', 'FifoTopic'],
  nameProperty: 'TopicName',
  notImplemented: ['ArchivePolicy', 'DataProtectionPolicy', 'DeliveryStatusLogging'],
  create: async ({ properties, call, generatedName }) => {
    const Name = properties.TopicName ?? generatedName(256);
    const input = { Name, Attributes: topicAttributes(properties), Tags: properties.Tags };
    const { TopicArn } = await call<{ TopicArn: string }>('sns', 'CreateTopic', input);
    return { id: TopicArn, attributes: { TopicArn, TopicName: Name } };
  },
  complete: (it, { id }) => subscribeAll(it, id),
  update: async (it, { id: TopicArn }, previous) => {
    const before = topicAttributes(previous);
    const after = topicAttributes(it.properties);
    for (const AttributeName of Object.keys({ ...before, ...after })) {
      const AttributeValue = own(after, AttributeName) ?? '';
      if (own(before, AttributeName) === AttributeValue) continue;
      await it.call('sns', 'SetTopicAttributes', { TopicArn, AttributeName, AttributeValue });
    }
    // As in AWS, subscriptions that an update removes from the list stay.
    if (differs(previous, it.properties, 'Subscription')) await subscribeAll(it, TopicArn);
  },
  delete: ({ call }, { id }) => call('sns', 'DeleteTopic', { TopicArn: id }),
});

const policySchema = object({ PolicyDocument: document, Topics: texts });
type PolicyResource = Resource<ReturnType<typeof policySchema.parse>>;

async function setPolicy(call: PolicyResource['call'], TopicArn: string, AttributeValue: string): Promise<void> {
  await call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
}

/** What every topic starts with: the owner alone. */
function defaultPolicy(topicArn: string): string {
  const actions = ['GetTopicAttributes', 'SetTopicAttributes', 'AddPermission', 'RemovePermission', 'DeleteTopic'];
  const statement = {
    Sid: '__default_statement_ID',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: [...actions, 'Subscribe', 'ListSubscriptionsByTopic', 'Publish'].map((action) => `SNS:${action}`),
    Resource: topicArn,
    Condition: { StringEquals: { 'AWS:SourceOwner': ACCOUNT_ID } },
  };
  return JSON.stringify({ Version: '2008-10-17', Id: '__default_policy_ID', Statement: [statement] });
}

async function putPolicy({ properties, call }: PolicyResource): Promise<void> {
  for (const arn of properties.Topics) await setPolicy(call, arn, documentText(properties.PolicyDocument));
}

const topicPolicy = resource({
  type: 'AWS::SNS::TopicPolicy',
  schema: policySchema,
  replacement: [],
  create: async (it) => {
    await putPolicy(it);
    return { id: it.generatedName() };
  },
  update: async (it, _physical, previous) => {
    const dropped = previous.Topics.filter((arn) => !it.properties.Topics.includes(arn));
    for (const arn of dropped) await setPolicy(it.call, arn, defaultPolicy(arn));
    await putPolicy(it);
  },
  delete: async ({ properties, call }) => {
    for (const arn of properties.Topics) await setPolicy(call, arn, defaultPolicy(arn));
  },
});

const subscriptionSchema = object({
  Endpoint: text.optional(),
  FilterPolicy: document.optional(),
  FilterPolicyScope: text.optional(),
  Protocol: text,
  RawMessageDelivery: flag.optional(),
  RedrivePolicy: document.optional(),
  TopicArn: text,
});
type SubscriptionProperties = ReturnType<typeof subscriptionSchema.parse>;

function subscriptionAttributes(properties: SubscriptionProperties): Record<string, string> {
  const { FilterPolicy, FilterPolicyScope, RawMessageDelivery, RedrivePolicy } = properties;
  return {
    ...(FilterPolicy && { FilterPolicy: documentText(FilterPolicy) }),
    ...(FilterPolicyScope && { FilterPolicyScope }),
    ...(RawMessageDelivery !== undefined && { RawMessageDelivery: String(RawMessageDelivery) }),
    ...(RedrivePolicy && { RedrivePolicy: documentText(RedrivePolicy) }),
  };
}

const subscription = resource({
  type: 'AWS::SNS::Subscription',
  schema: subscriptionSchema,
  replacement: ['Endpoint', 'Protocol', 'TopicArn'],
  notImplemented: ['DeliveryPolicy', 'Region', 'ReplayPolicy', 'SubscriptionRoleArn'],
  create: async ({ properties, call }) => {
    const { Endpoint, Protocol, TopicArn } = properties;
    const Attributes = subscriptionAttributes(properties);
    const input = { Endpoint, Protocol, TopicArn, Attributes, ReturnSubscriptionArn: true };
    const { SubscriptionArn } = await call<{ SubscriptionArn: string }>('sns', 'Subscribe', input);
    return { id: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
  },
  update: async ({ properties, call }, { id: SubscriptionArn }, previous) => {
    const after = subscriptionAttributes(properties);
    for (const AttributeName of Object.keys({ ...subscriptionAttributes(previous), ...after })) {
      const AttributeValue = own(after, AttributeName) ?? '';
      await call('sns', 'SetSubscriptionAttributes', { SubscriptionArn, AttributeName, AttributeValue });
    }
  },
  delete: ({ call }, { id }) => call('sns', 'Unsubscribe', { SubscriptionArn: id }),
});

export const snsTypes = [topic, topicPolicy, subscription];
