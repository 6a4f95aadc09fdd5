import type {
  CreateTopicInput,
  ListTopicsInput,
  PublishInput,
  PublishResponse,
  SetTopicAttributesInput,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-sns';
import {
  ACCOUNT_ID,
  type Call,
  type Caller,
  type EmbeddedAws,
  type Permission,
  type PolicyDocument,
  REGION,
  type Service,
} from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { randomUuid } from '../../runtime/seeded-crypto.ts';
import { KeyUse } from '../kms/key-use.ts';
import { subscriptionOperations } from './subscription-operations.ts';
import { deliver } from './topic-delivery.ts';
import {
  checkTopicAttribute,
  invalidParameter,
  notFound,
  type PublishedMessage,
  type Topic,
} from './topic-subscription.ts';

export interface SnsPorts {
  /** The cloud's HTTP endpoint, for queue URLs. */
  readonly endpoint: () => string;
}

const KEY_ERRORS: Readonly<Record<string, string>> = {
  AccessDeniedException: 'KMSAccessDenied',
  DisabledException: 'KMSDisabled',
  KMSInvalidStateException: 'KMSInvalidState',
  NotFoundException: 'KMSNotFound',
};
const LONGEST_MESSAGE_BYTES = 262_144;
const KEPT_MESSAGES = 100;

/** SNS: standard topics with queues, functions and (never confirmed) e-mail addresses subscribed. */
export class SnsService implements Service {
  readonly name = 'sns';
  readonly operations: Service['operations'];
  private readonly aws: EmbeddedAws;
  private readonly ports: SnsPorts;
  private readonly topics = new Map<string, Topic>();
  private readonly keys: KeyUse;

  constructor(aws: EmbeddedAws, ports: SnsPorts) {
    this.aws = aws;
    this.ports = ports;
    this.keys = new KeyUse(aws, 'sns');
    this.operations = {
      ...this.topicOperations(),
      ...this.tagOperations(),
      ...subscriptionOperations(aws, this.topics),
      Publish: (input: PublishInput, { caller }: Call) => this.publish(input, caller),
    };
  }

  /** The newest messages of a topic, oldest first; at most a hundred are kept. */
  publishedTo(topicArn: string): readonly PublishedMessage[] {
    return this.topics.get(topicArn)?.published ?? [];
  }

  permission(operation: string, input: unknown): Permission {
    const { TopicArn, ResourceArn, Name } = input as Record<string, string | undefined>;
    const resource = TopicArn ?? ResourceArn ?? (Name && topicArn(Name)) ?? '*';
    return { action: `sns:${operation}`, resources: [resource] };
  }

  resourcePolicy(_operation: string, input: unknown): PolicyDocument | undefined {
    const { TopicArn = '' } = input as { TopicArn?: string };
    const policy = this.topics.get(TopicArn)?.attributes.Policy;
    return policy ? (JSON.parse(policy) as PolicyDocument) : undefined;
  }

  private get(arn: string | undefined): Topic {
    const topic = this.topics.get(arn ?? '');
    if (!topic) throw notFound('Topic');
    return topic;
  }

  private create(input: CreateTopicInput): Topic {
    const name = input.Name ?? '';
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalidParameter('Topic Name');
    for (const attribute of Object.keys(input.Attributes ?? {})) checkTopicAttribute(attribute);
    const arn = topicArn(name);
    const existing = this.topics.get(arn);
    if (existing) return existing;
    const tags = new Map((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
    const topic: Topic = {
      name,
      arn,
      attributes: input.Attributes ?? {},
      subscriptions: new Map(),
      tags,
      published: [],
    };
    this.topics.set(arn, topic);
    return topic;
  }

  private async publish(input: PublishInput, caller: Caller): Promise<PublishResponse> {
    const topic = this.get(input.TopicArn ?? input.TargetArn);
    const { Message: message = '', Subject: subject } = input;
    if (message === '') throw invalidParameter('Empty message');
    if (Buffer.byteLength(message) > LONGEST_MESSAGE_BYTES) throw invalidParameter('Message too long');
    await this.mayEncrypt(caller, topic);
    const messageId = randomUuid(this.aws.random(`sns/messages/${topic.arn}`));
    const publishedMs = this.aws.clock.now();
    topic.published.push({ messageId, publishedMs, subject, message });
    if (topic.published.length > KEPT_MESSAGES) topic.published.shift();
    for (const subscription of topic.subscriptions.values()) {
      deliver(this.aws, this.ports.endpoint, subscription, { messageId, atMs: publishedMs, input });
    }
    return { MessageId: messageId };
  }

  /** Publishers need the topic's key; subscribers get what is in the clear. @throws AwsError `KMSAccessDenied` … */
  private async mayEncrypt(caller: Caller, { arn, attributes }: Topic): Promise<void> {
    if (!attributes.KmsMasterKeyId) return;
    try {
      await this.keys.seal(caller, attributes.KmsMasterKeyId, { 'aws:sns:topicArn': arn });
    } catch (error) {
      const code = error instanceof AwsError ? KEY_ERRORS[error.code] : undefined;
      if (code === undefined) throw error;
      throw new AwsError(code, (error as Error).message, { status: 400 });
    }
  }

  private topicOperations(): Service['operations'] {
    return {
      CreateTopic: (input: CreateTopicInput) => ({ TopicArn: this.create(input).arn }),
      DeleteTopic: (input: { TopicArn?: string }) => {
        this.topics.delete(input.TopicArn ?? '');
        return {};
      },
      ListTopics: (_input: ListTopicsInput) => ({
        Topics: [...this.topics.values()].map(({ arn }) => ({ TopicArn: arn })),
      }),
      GetTopicAttributes: (input: { TopicArn?: string }) => ({ Attributes: describe(this.get(input.TopicArn)) }),
      SetTopicAttributes: (input: SetTopicAttributesInput) => {
        const topic = this.get(input.TopicArn);
        const name = input.AttributeName ?? '';
        checkTopicAttribute(name);
        topic.attributes = { ...topic.attributes, [name]: input.AttributeValue ?? '' };
        return {};
      },
    };
  }

  private tagOperations(): Service['operations'] {
    return {
      ListTagsForResource: (input: { ResourceArn?: string }) => ({
        Tags: [...this.get(input.ResourceArn).tags].map(([Key, Value]) => ({ Key, Value })),
      }),
      TagResource: (input: TagResourceRequest) => {
        const { tags } = this.get(input.ResourceArn);
        for (const { Key = '', Value = '' } of input.Tags ?? []) tags.set(Key, Value);
        return {};
      },
      UntagResource: (input: UntagResourceRequest) => {
        const { tags } = this.get(input.ResourceArn);
        for (const key of input.TagKeys ?? []) tags.delete(key);
        return {};
      },
    };
  }
}

function topicArn(name: string): string {
  return `arn:aws:sns:${REGION}:${ACCOUNT_ID}:${name}`;
}

function describe(topic: Topic): Record<string, string> {
  const pending = [...topic.subscriptions.values()].filter(({ isPending }) => isPending).length;
  return {
    TopicArn: topic.arn,
    Owner: ACCOUNT_ID,
    DisplayName: '',
    SubscriptionsPending: String(pending),
    SubscriptionsConfirmed: String(topic.subscriptions.size - pending),
    SubscriptionsDeleted: '0',
    ...topic.attributes,
  };
}
