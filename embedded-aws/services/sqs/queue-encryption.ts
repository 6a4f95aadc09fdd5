import { type Caller, DEVELOPER, type EmbeddedAws } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { KeyUse } from '../kms/key-use.ts';
import type { Queue } from './message-queue.ts';

/** What senders and receivers need of the key of an encrypted queue, as "Key management" in the SQS guide tells it. */
export class QueueEncryption {
  private readonly keys: KeyUse;
  /** The data key that a queue's messages are sealed with; all of them lead to the same key of KMS. */
  private readonly sealed = new Map<string, Uint8Array>();

  constructor(aws: EmbeddedAws) {
    this.keys = new KeyUse(aws, 'sqs');
  }

  /** @throws AwsError `KmsAccessDenied` … */
  async mayAdd(caller: Caller, queue: Queue): Promise<void> {
    const keyId = queue.attributes.KmsMasterKeyId;
    if (!keyId) return;
    this.sealed.set(queue.arn, await asQueueError(() => this.keys.seal(caller, keyId, contextOf(queue))));
  }

  /** @throws AwsError `KmsAccessDenied` … */
  async mayRead(caller: Caller, queue: Queue): Promise<void> {
    const keyId = queue.attributes.KmsMasterKeyId;
    if (!keyId) return;
    // Messages that arrived only as another queue's dead letters were not encrypted by this queue.
    const sealed = this.sealed.get(queue.arn) ?? (await this.keys.seal(DEVELOPER, keyId, contextOf(queue)));
    await asQueueError(() => this.keys.open(caller, keyId, contextOf(queue), sealed));
  }
}

const contextOf = (queue: Queue) => ({ 'aws:sqs:arn': queue.arn });

const QUEUE_ERRORS: Readonly<Record<string, string>> = {
  AccessDeniedException: 'KmsAccessDenied',
  DisabledException: 'KmsDisabled',
  KMSInvalidStateException: 'KmsInvalidState',
  NotFoundException: 'KmsNotFound',
};

async function asQueueError<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    const code = error instanceof AwsError ? QUEUE_ERRORS[error.code] : undefined;
    if (code === undefined) throw error;
    throw new AwsError(code, (error as Error).message, { status: 400 });
  }
}
