import type {
  ListSubscriptionsByTopicInput,
  SetSubscriptionAttributesInput,
  SubscribeInput,
} from '@aws-sdk/client-sns';
import { ACCOUNT_ID, type EmbeddedAws, type Service } from '../../kernel/aws.ts';
import { randomUuid } from '../../runtime/seeded-crypto.ts';
import {
  checkSubscription,
  checkSubscriptionAttribute,
  notFound,
  type Subscription,
  type Topic,
} from './topic-subscription.ts';

const PENDING = 'PendingConfirmation';

export function subscriptionOperations(aws: EmbeddedAws, topics: ReadonlyMap<string, Topic>): Service['operations'] {
  const topicOf = (arn: string | undefined): Topic => {
    const topic = topics.get(arn ?? '');
    if (!topic) throw notFound('Topic');
    return topic;
  };
  const find = (arn: string | undefined): Subscription => {
    for (const topic of topics.values()) {
      const subscription = topic.subscriptions.get(arn ?? '');
      if (subscription) return subscription;
    }
    throw notFound('Subscription');
  };
  return {
    Subscribe: (input: SubscribeInput) => {
      const subscription = subscribe(aws, topicOf(input.TopicArn), input);
      const isHidden = subscription.isPending && !input.ReturnSubscriptionArn;
      return { SubscriptionArn: isHidden ? 'pending confirmation' : subscription.arn };
    },
    Unsubscribe: (input: { SubscriptionArn?: string }) => {
      for (const topic of topics.values()) topic.subscriptions.delete(input.SubscriptionArn ?? '');
      return {};
    },
    ListSubscriptions: () => ({
      Subscriptions: [...topics.values()].flatMap((topic) => [...topic.subscriptions.values()].map(describe)),
    }),
    ListSubscriptionsByTopic: (input: ListSubscriptionsByTopicInput) => ({
      Subscriptions: [...topicOf(input.TopicArn).subscriptions.values()].map(describe),
    }),
    GetSubscriptionAttributes: (input: { SubscriptionArn?: string }) => {
      const subscription = find(input.SubscriptionArn);
      const { SubscriptionArn, TopicArn, Owner, Protocol, Endpoint } = describe(subscription);
      const PendingConfirmation = String(subscription.isPending);
      const base = { RawMessageDelivery: 'false', ...subscription.attributes, PendingConfirmation };
      const own = { SubscriptionArn: subscription.isPending ? subscription.arn : SubscriptionArn };
      return { Attributes: { ...base, ...own, TopicArn, Owner, Protocol, Endpoint } };
    },
    SetSubscriptionAttributes: (input: SetSubscriptionAttributesInput) => {
      const subscription = find(input.SubscriptionArn);
      const name = input.AttributeName ?? '';
      checkSubscriptionAttribute(name);
      subscription.attributes = { ...subscription.attributes, [name]: input.AttributeValue ?? '' };
      return {};
    },
  };
}

function subscribe(aws: EmbeddedAws, topic: Topic, input: SubscribeInput): Subscription {
  const { Protocol: protocol = '', Endpoint: endpoint = '', Attributes: attributes = {} } = input;
  checkSubscription(protocol, endpoint, attributes);
  const isSame = (other: Subscription) => other.protocol === protocol && other.endpoint === endpoint;
  const existing = [...topic.subscriptions.values()].find(isSame);
  if (existing) return existing;
  const arn = `${topic.arn}:${randomUuid(aws.random('sns/subscriptions'))}`;
  const isPending = protocol.startsWith('email');
  const subscription = { arn, topicArn: topic.arn, protocol, endpoint, attributes, isPending };
  topic.subscriptions.set(arn, subscription);
  return subscription;
}

function describe(subscription: Subscription) {
  return {
    SubscriptionArn: subscription.isPending ? PENDING : subscription.arn,
    TopicArn: subscription.topicArn,
    Owner: ACCOUNT_ID,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
  };
}
