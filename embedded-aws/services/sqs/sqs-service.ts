import type {
  ChangeMessageVisibilityRequest,
  DeleteMessageRequest,
  Message,
  ReceiveMessageRequest,
  ReceiveMessageResult,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import type { Call, EmbeddedAws, Permission, PolicyDocument, Service } from '../../kernel/aws.ts';
import type { Cancel } from '../../kernel/simulation-clock.ts';
import { randomUuid } from '../../runtime/seeded-crypto.ts';
import type { RecordMetric } from '../vended-metric.ts';
import { batchOperations } from './batches.ts';
import type { Queue } from './message-queue.ts';
import { incoming, outgoing, senderIdOf, sendResult } from './messages.ts';
import { Arrivals } from './queue-arrivals.ts';
import { numberOf, parseRedrivePolicy } from './queue-attributes.ts';
import { QueueEncryption } from './queue-encryption.ts';
import { recordQueueMetrics } from './queue-metrics.ts';
import { queueOperations } from './queue-operations.ts';
import { QueueStore } from './queue-store.ts';
import { invalidValue } from './sqs-errors.ts';

export interface SqsPorts {
  /** Takes the metrics of namespace AWS/SQS. */
  readonly record: RecordMetric;
  /** The cloud's HTTP endpoint: queue URLs start with it. */
  readonly endpoint: () => string;
}

const MOST_RECEIVED = 10;

/** SQS: standard and FIFO queues. Long polling waits by the wall's clock only; in virtual time a poll answers at once. */
export class SqsService implements Service {
  readonly name = 'sqs';
  readonly operations: Service['operations'];
  private readonly aws: EmbeddedAws;
  private readonly store: QueueStore;
  private readonly arrivals: Arrivals;
  private readonly encryption: QueueEncryption;

  constructor(aws: EmbeddedAws, ports: SqsPorts) {
    this.aws = aws;
    this.store = new QueueStore(aws.clock, ports.endpoint);
    this.arrivals = new Arrivals(aws.clock);
    this.encryption = new QueueEncryption(aws);
    aws.clock.every(60_000, 0, () => recordQueueMetrics(this.store, aws.clock.now(), ports.record));
    const single = {
      SendMessage: this.sendMessage,
      ReceiveMessage: this.receiveMessage,
      DeleteMessage: this.deleteMessage,
      ChangeMessageVisibility: this.changeMessageVisibility,
    };
    const batches = batchOperations(single, this.send);
    const sealedBatch = async (input: { QueueUrl?: string }, call: Call) => {
      await this.encryption.mayAdd(call.caller, this.store.get(input.QueueUrl));
      return batches.SendMessageBatch?.(input as never, call);
    };
    this.operations = {
      ...queueOperations(this.store, aws.clock),
      ...single,
      ...batches,
      SendMessageBatch: sealedBatch,
    };
  }

  /** How long the oldest message of a queue has been waiting to be removed. @throws QueueDoesNotExist */
  oldestAgeMs(queueName: string, nowMs: number): number {
    return this.store.get(queueName).oldestAgeMs(nowMs);
  }

  /** Calls back whenever a message of the queue may have become visible. */
  watch(queueArn: string, onArrival: () => void): Cancel {
    return this.arrivals.watch(queueArn, this.store.findByArn(queueArn), onArrival);
  }

  permission(operation: string, input: unknown): Permission {
    const { QueueUrl, QueueName } = input as { QueueUrl?: string; QueueName?: string };
    const action = `sqs:${operation.replace(/^(Send|Delete|ChangeMessage)(Message|Visibility)Batch$/, '$1$2')}`;
    const name = QueueName ?? QueueUrl;
    return { action, resources: [name ? this.store.arnOf(name) : '*'] };
  }

  resourcePolicy(_operation: string, input: unknown): PolicyDocument | undefined {
    const { QueueUrl = '' } = input as { QueueUrl?: string };
    const policy = this.store.find(QueueUrl)?.attributes.Policy;
    return policy ? (JSON.parse(policy) as PolicyDocument) : undefined;
  }

  private readonly sendMessage = async (input: SendMessageRequest, call: Call): Promise<SendMessageResult> => {
    await this.encryption.mayAdd(call.caller, this.store.get(input.QueueUrl));
    return this.send(input, call, false);
  };

  private readonly send = (input: SendMessageRequest, call: Call, isBatch: boolean): SendMessageResult => {
    const queue = this.store.get(input.QueueUrl);
    const id = randomUuid(this.aws.random(`sqs/messages/${queue.arn}`));
    const message = queue.send(outgoing(queue, input, id, senderIdOf(call.caller), isBatch), this.aws.clock.now());
    this.arrivals.expect(queue.arn, message.visibleAtMs);
    return sendResult(message);
  };

  private readonly receiveMessage = async (
    input: ReceiveMessageRequest,
    { caller }: Call,
  ): Promise<ReceiveMessageResult> => {
    const queue = this.store.get(input.QueueUrl);
    const limit = input.MaxNumberOfMessages ?? 1;
    if (limit < 1 || limit > MOST_RECEIVED) {
      const reason = 'Must be between 1 and 10, if provided.';
      throw invalidValue(limit, 'MaxNumberOfMessages', reason);
    }
    await this.encryption.mayRead(caller, queue);
    const waitSeconds = input.WaitTimeSeconds ?? numberOf(queue.attributes, 'ReceiveMessageWaitTimeSeconds');
    let messages = this.take(queue, limit, input);
    const untilMs = this.aws.clock.now() + waitSeconds * 1000;
    while (messages.length === 0 && !this.aws.clock.isVirtual && this.aws.clock.now() < untilMs) {
      await this.nextArrival(queue, untilMs - this.aws.clock.now());
      messages = this.take(queue, limit, input);
    }
    return messages.length > 0 ? { Messages: messages } : {};
  };

  private take(queue: Queue, limit: number, input: ReceiveMessageRequest): Message[] {
    const nowMs = this.aws.clock.now();
    const visibilityMs = (input.VisibilityTimeout ?? numberOf(queue.attributes, 'VisibilityTimeout')) * 1000;
    const { received, exhausted } = queue.receive(limit, visibilityMs, nowMs);
    const deadLetters = this.store.findByArn(parseRedrivePolicy(queue.attributes)?.deadLetterTargetArn ?? '');
    for (const message of exhausted) {
      deadLetters?.adopt(message, nowMs);
      if (deadLetters) this.arrivals.expect(deadLetters.arn, nowMs);
    }
    for (const { message } of received) this.arrivals.expect(queue.arn, message.visibleAtMs);
    return received.map((message) => incoming(message, input));
  }

  private nextArrival(queue: Queue, longestMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        unwatch();
        cancel();
        resolve();
      };
      const unwatch = this.watch(queue.arn, finish);
      const cancel = this.aws.clock.after(longestMs, finish);
    });
  }

  private readonly deleteMessage = (input: DeleteMessageRequest): object => {
    const queue = this.store.get(input.QueueUrl);
    queue.delete(input.ReceiptHandle ?? '', this.aws.clock.now());
    // A FIFO group may be free again.
    if (queue.isFifo) this.arrivals.expect(queue.arn, this.aws.clock.now());
    return {};
  };

  private readonly changeMessageVisibility = (input: ChangeMessageVisibilityRequest): object => {
    const queue = this.store.get(input.QueueUrl);
    const seconds = input.VisibilityTimeout ?? 0;
    if (seconds < 0 || seconds > 43_200) {
      throw invalidValue(seconds, 'VisibilityTimeout', 'VisibilityTimeout must be >= 0 and <= 43200');
    }
    const message = queue.changeVisibility(input.ReceiptHandle ?? '', seconds * 1000, this.aws.clock.now());
    this.arrivals.expect(queue.arn, message.visibleAtMs);
    return {};
  };
}
