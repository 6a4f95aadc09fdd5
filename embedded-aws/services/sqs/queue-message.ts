import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

export interface OutgoingMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly senderId: string;
  /** Overrides the queue's own delay. */
  readonly delaySeconds?: number | undefined;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

export interface StoredMessage extends OutgoingMessage {
  readonly sentMs: number;
  /** FIFO only: rises with every message. */
  readonly sequenceNumber: string | undefined;
  /** The message is invisible until this instant, because it is delayed or in flight. */
  visibleAtMs: number;
  receiveCount: number;
  firstReceivedMs: number | undefined;
}
