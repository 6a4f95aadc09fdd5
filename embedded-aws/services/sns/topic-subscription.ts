import { AwsError, NotImplemented } from '../../kernel/aws-error.ts';

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  /** `sqs`, `lambda` or `email`. */
  readonly protocol: string;
  readonly endpoint: string;
  attributes: Readonly<Record<string, string>>;
  /** An e-mail address would have to confirm first, which never happens here. */
  readonly isPending: boolean;
}

export interface Topic {
  readonly name: string;
  readonly arn: string;
  attributes: Readonly<Record<string, string>>;
  readonly subscriptions: Map<string, Subscription>;
  readonly tags: Map<string, string>;
  /** The newest messages, oldest first. */
  readonly published: PublishedMessage[];
}

export interface PublishedMessage {
  readonly messageId: string;
  readonly publishedMs: number;
  readonly subject: string | undefined;
  readonly message: string;
}

const PROTOCOLS = new Set(['sqs', 'lambda', 'email', 'email-json']);
const TOPIC_ATTRIBUTES = new Set([
  ...['Policy', 'KmsMasterKeyId', 'DisplayName', 'DeliveryPolicy', 'TracingConfig', 'SignatureVersion'],
]);
const SUBSCRIPTION_ATTRIBUTES = new Set(['RawMessageDelivery', 'FilterPolicy', 'FilterPolicyScope']);

/** @throws InvalidParameter for a name SNS does not know; NotImplemented for one that this service does not. */
export function checkTopicAttribute(name: string): void {
  if (TOPIC_ATTRIBUTES.has(name)) return;
  if (/^(FifoTopic|ContentBasedDeduplication|ArchivePolicy|.*FeedbackRoleArn|.*SampleRate)$/.test(name)) {
    throw new NotImplemented('sns', `topic attribute ${name}`);
  }
  throw invalidParameter('AttributeName');
}

export function checkSubscription(protocol: string, endpoint: string, attributes: object): void {
  if (!PROTOCOLS.has(protocol)) throw new NotImplemented('sns', `Subscribe with protocol ${protocol}`);
  const isEndpointRight = protocol.startsWith('email') ? endpoint.includes('@') : endpoint.split(':')[2] === protocol;
  if (!isEndpointRight) throw invalidParameter(`Endpoint Reason: Invalid ${protocol} endpoint`);
  for (const name of Object.keys(attributes)) checkSubscriptionAttribute(name);
}

export function checkSubscriptionAttribute(name: string): void {
  if (SUBSCRIPTION_ATTRIBUTES.has(name)) return;
  if (name === 'RedrivePolicy' || name === 'DeliveryPolicy') {
    throw new NotImplemented('sns', `subscription attribute ${name}`);
  }
  throw invalidParameter('AttributeName');
}

export function invalidParameter(what: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${what}`, { status: 400 });
}

export function notFound(what: 'Topic' | 'Subscription'): AwsError {
  return new AwsError('NotFound', `${what} does not exist`, { status: 404 });
}
