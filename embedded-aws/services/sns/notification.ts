import type { MessageAttributeValue, PublishInput } from '@aws-sdk/client-sns';
import { own } from '../../kernel/plain-records.ts';
import { matches } from '../events/pattern.ts';
import { parsePattern } from '../events/pattern-syntax.ts';
import type { Subscription } from './topic-subscription.ts';

/** One published message on its way to one subscription. */
export interface Notification {
  readonly messageId: string;
  readonly atMs: number;
  readonly input: PublishInput;
}

/** Whether the subscription's filter lets the message through; by message attributes, or by the body when it says so. */
export function passesFilter(subscription: Subscription, input: PublishInput): boolean {
  const { FilterPolicy, FilterPolicyScope } = subscription.attributes;
  if (!FilterPolicy) return true;
  const subject = FilterPolicyScope === 'MessageBody' ? bodyOf(input) : attributeValues(input.MessageAttributes ?? {});
  return matches(parsePattern(FilterPolicy), subject);
}

function bodyOf(input: PublishInput): unknown {
  try {
    return JSON.parse(input.Message ?? '');
  } catch {
    return {};
  }
}

function attributeValues(attributes: Record<string, MessageAttributeValue>): Record<string, unknown> {
  const values = Object.entries(attributes).map(([name, { DataType, StringValue = '' }]) => {
    if (DataType === 'Number') return [name, Number(StringValue)];
    return [name, DataType === 'String.Array' ? JSON.parse(StringValue) : StringValue];
  });
  return Object.fromEntries(values);
}

/** The text meant for one protocol when the message is a JSON structure of texts by protocol. */
export function messageFor(protocol: string, input: PublishInput): string {
  const message = input.Message ?? '';
  if (input.MessageStructure !== 'json') return message;
  const texts = JSON.parse(message) as Record<string, string>;
  return own(texts, protocol) ?? texts.default ?? '';
}

function attributesOf(input: PublishInput): Record<string, { Type: string | undefined; Value: string | undefined }> {
  const attributes = Object.entries(input.MessageAttributes ?? {}).map(([name, value]) => {
    const binary = value.BinaryValue && Buffer.from(value.BinaryValue).toString('base64');
    return [name, { Type: value.DataType, Value: value.StringValue ?? binary }];
  });
  return Object.fromEntries(attributes);
}

/** The JSON envelope that a queue receives unless it asked for raw messages. Nothing here is signed. */
export function queueEnvelope(subscription: Subscription, notification: Notification, endpoint: string): string {
  const { input, messageId, atMs } = notification;
  const MessageAttributes = attributesOf(input);
  return JSON.stringify({
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: subscription.topicArn,
    ...(input.Subject && { Subject: input.Subject }),
    Message: messageFor(subscription.protocol, input),
    Timestamp: new Date(atMs).toISOString(),
    UnsubscribeURL: `${endpoint}/?Action=Unsubscribe&SubscriptionArn=${subscription.arn}`,
    ...(Object.keys(MessageAttributes).length > 0 && { MessageAttributes }),
  });
}

/** The event that a function receives. */
export function lambdaEvent(subscription: Subscription, notification: Notification, endpoint: string): object {
  const { input, messageId, atMs } = notification;
  const Sns = {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: subscription.topicArn,
    Subject: input.Subject ?? null,
    Message: messageFor(subscription.protocol, input),
    Timestamp: new Date(atMs).toISOString(),
    UnsubscribeUrl: `${endpoint}/?Action=Unsubscribe&SubscriptionArn=${subscription.arn}`,
    MessageAttributes: attributesOf(input),
  };
  const head = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscription.arn };
  return { Records: [{ ...head, Sns }] };
}
