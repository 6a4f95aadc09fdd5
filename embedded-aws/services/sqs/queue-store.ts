import { ACCOUNT_ID, REGION } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { own } from '../../kernel/plain-records.ts';
import type { Clock } from '../../kernel/simulation-clock.ts';
import { Queue } from './message-queue.ts';
import { checkAttributes, type QueueAttributes, withDefaults } from './queue-attributes.ts';
import { invalidParameterValue, queueMissing } from './sqs-errors.ts';

const NAME_PATTERN = /^[A-Za-z0-9_-]{1,80}$|^[A-Za-z0-9_-]{1,75}\.fifo$/;

/** Queues by name; a queue is addressed by its name or by any URL that ends in it. */
export class QueueStore {
  private readonly clock: Clock;
  private readonly endpoint: () => string;
  private readonly queues = new Map<string, Queue>();

  constructor(clock: Clock, endpoint: () => string) {
    this.clock = clock;
    this.endpoint = endpoint;
  }

  all(): readonly Queue[] {
    return [...this.queues.values()];
  }

  find(urlOrName: string): Queue | undefined {
    return this.queues.get(nameOf(urlOrName));
  }

  findByArn(arn: string): Queue | undefined {
    return this.queues.get(arn.split(':').at(-1) ?? '');
  }

  /** @throws QueueDoesNotExist */
  get(urlOrName: string | undefined): Queue {
    const queue = this.find(urlOrName ?? '');
    if (!queue) throw queueMissing();
    return queue;
  }

  /** Makes a queue, or finds the one that was made with the same name and attributes. @throws QueueAlreadyExists */
  create(name: string, attributes: QueueAttributes): Queue {
    checkAttributes(attributes);
    if (!NAME_PATTERN.test(name)) {
      throw invalidParameterValue(
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    }
    if (name.endsWith('.fifo') !== (attributes.FifoQueue === 'true')) {
      throw invalidParameterValue(
        'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
      );
    }
    const existing = this.queues.get(name);
    if (existing) return sameQueue(existing, attributes);
    const queue = new Queue(name, this.arnOf(name), attributes, this.clock.now());
    this.queues.set(name, queue);
    return queue;
  }

  delete(urlOrName: string | undefined): void {
    this.queues.delete(this.get(urlOrName).name);
  }

  urlOf(queue: Queue): string {
    return `${this.endpoint()}/${ACCOUNT_ID}/${queue.name}`;
  }

  arnOf(urlOrName: string): string {
    return `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${nameOf(urlOrName)}`;
  }
}

function nameOf(urlOrName: string): string {
  return urlOrName.split('/').at(-1) ?? '';
}

function sameQueue(queue: Queue, attributes: QueueAttributes): Queue {
  const present = withDefaults(queue.attributes);
  const different = Object.keys(attributes).find((name) => own(present, name) !== own(attributes, name));
  if (!different) return queue;
  throw new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${different}`,
    { status: 400 },
  );
}
