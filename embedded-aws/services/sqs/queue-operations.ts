import type {
  CreateQueueRequest,
  GetQueueAttributesRequest,
  GetQueueUrlRequest,
  ListQueuesRequest,
  SetQueueAttributesRequest,
  TagQueueRequest,
  UntagQueueRequest,
} from '@aws-sdk/client-sqs';
import type { Service } from '../../kernel/aws.ts';
import type { Clock } from '../../kernel/simulation-clock.ts';
import type { Queue } from './message-queue.ts';
import { checkAttributes, withDefaults } from './queue-attributes.ts';
import type { QueueStore } from './queue-store.ts';

/** Everything about queues but their messages. */
export function queueOperations(store: QueueStore, clock: Clock): Service['operations'] {
  return {
    CreateQueue: (input: CreateQueueRequest) => {
      const queue = store.create(input.QueueName ?? '', input.Attributes ?? {});
      for (const [key, value] of Object.entries(input.tags ?? {})) queue.tags.set(key, value);
      return { QueueUrl: store.urlOf(queue) };
    },
    GetQueueUrl: (input: GetQueueUrlRequest) => ({ QueueUrl: store.urlOf(store.get(input.QueueName)) }),
    ListQueues: (input: ListQueuesRequest) => {
      const found = store.all().filter(({ name }) => name.startsWith(input.QueueNamePrefix ?? ''));
      return found.length > 0 ? { QueueUrls: found.map((queue) => store.urlOf(queue)) } : {};
    },
    DeleteQueue: (input: { QueueUrl?: string }) => {
      store.delete(input.QueueUrl);
      return {};
    },
    PurgeQueue: (input: { QueueUrl?: string }) => {
      store.get(input.QueueUrl).purge();
      return {};
    },
    GetQueueAttributes: (input: GetQueueAttributesRequest) => {
      const wanted: readonly string[] = input.AttributeNames ?? [];
      const all = Object.entries(describe(store.get(input.QueueUrl), clock.now()));
      const shown = all.filter(([name]) => wanted.includes('All') || wanted.includes(name));
      return shown.length > 0 ? { Attributes: Object.fromEntries(shown) } : {};
    },
    SetQueueAttributes: (input: SetQueueAttributesRequest) => {
      const queue = store.get(input.QueueUrl);
      checkAttributes(input.Attributes ?? {});
      queue.attributes = { ...queue.attributes, ...input.Attributes };
      queue.modifiedMs = clock.now();
      return {};
    },
    ...tagOperations(store),
  };
}

function tagOperations(store: QueueStore): Service['operations'] {
  return {
    TagQueue: (input: TagQueueRequest) => {
      const { tags } = store.get(input.QueueUrl);
      for (const [key, value] of Object.entries(input.Tags ?? {})) tags.set(key, value);
      return {};
    },
    UntagQueue: (input: UntagQueueRequest) => {
      const { tags } = store.get(input.QueueUrl);
      for (const key of input.TagKeys ?? []) tags.delete(key);
      return {};
    },
    ListQueueTags: (input: { QueueUrl?: string }) => {
      const { tags } = store.get(input.QueueUrl);
      return tags.size > 0 ? { Tags: Object.fromEntries(tags) } : {};
    },
  };
}

function describe(queue: Queue, nowMs: number): Record<string, string> {
  const { visible, inFlight, delayed } = queue.counts(nowMs);
  return {
    ...withDefaults(queue.attributes),
    QueueArn: queue.arn,
    CreatedTimestamp: String(Math.floor(queue.createdMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedMs / 1000)),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
}
