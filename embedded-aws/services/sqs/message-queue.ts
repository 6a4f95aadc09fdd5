import { Deduplication } from './deduplication.ts';
import { numberOf, parseRedrivePolicy, type QueueAttributes } from './queue-attributes.ts';
import type { OutgoingMessage, StoredMessage } from './queue-message.ts';
import { formatReceipt, parseReceipt } from './receipt.ts';
import { invalidValue } from './sqs-errors.ts';

export interface ReceivedMessage {
  readonly message: StoredMessage;
  readonly receiptHandle: string;
}

export interface Reception {
  readonly received: readonly ReceivedMessage[];
  /** Messages that were received too often: they leave this queue for the dead-letter queue. */
  readonly exhausted: readonly StoredMessage[];
}

/** Twenty digits, as AWS's sequence numbers have. */
const FIRST_SEQUENCE_NUMBER = 10_000_000_000_000_000_000n;

/** One queue's messages. Time comes with every call, so the queue itself is a plain state machine. */
export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  modifiedMs: number;
  attributes: QueueAttributes;
  readonly tags = new Map<string, string>();
  private readonly messages = new Map<string, StoredMessage>();
  private readonly deduplication = new Deduplication();
  private sequence = 0n;

  constructor(name: string, arn: string, attributes: QueueAttributes, nowMs: number) {
    this.name = name;
    this.arn = arn;
    this.attributes = attributes;
    this.createdMs = nowMs;
    this.modifiedMs = nowMs;
  }

  get isFifo(): boolean {
    return this.attributes.FifoQueue === 'true';
  }

  /** Takes a message; the one that was sent first when a FIFO queue knows its deduplication id. */
  send(message: OutgoingMessage, nowMs: number): StoredMessage {
    const delaySeconds = message.delaySeconds || numberOf(this.attributes, 'DelaySeconds');
    const stored: StoredMessage = {
      ...message,
      sentMs: nowMs,
      sequenceNumber: this.isFifo ? String(FIRST_SEQUENCE_NUMBER + this.sequence) : undefined,
      visibleAtMs: nowMs + delaySeconds * 1000,
      receiveCount: 0,
      firstReceivedMs: undefined,
    };
    const known = this.isFifo ? this.deduplication.remember(stored, this.attributes, nowMs) : undefined;
    if (known) return known;
    this.sequence++;
    this.messages.set(stored.id, stored);
    return stored;
  }

  /** Takes a message from another queue as it is, with its id and count. */
  adopt(message: StoredMessage, nowMs: number): void {
    this.messages.set(message.id, { ...message, visibleAtMs: nowMs });
  }

  /** Hands out up to `limit` visible messages and hides them for `visibilityMs`. */
  receive(limit: number, visibilityMs: number, nowMs: number): Reception {
    this.expire(nowMs);
    const mostReceives = parseRedrivePolicy(this.attributes)?.maxReceiveCount ?? Number.POSITIVE_INFINITY;
    const received: ReceivedMessage[] = [];
    const exhausted: StoredMessage[] = [];
    for (const message of this.visible(nowMs)) {
      if (received.length === limit) break;
      if (message.receiveCount >= mostReceives) exhausted.push(message);
      else received.push(this.handOut(message, visibilityMs, nowMs));
    }
    for (const { id } of exhausted) this.messages.delete(id);
    return { received, exhausted };
  }

  /** In the order they were sent. In a FIFO queue a hidden message hides those behind it in its group. */
  private *visible(nowMs: number): Generator<StoredMessage> {
    const blockedGroups = new Set<string | undefined>();
    for (const message of this.messages.values()) {
      if (this.isFifo && blockedGroups.has(message.groupId)) continue;
      if (message.visibleAtMs <= nowMs) yield message;
      else blockedGroups.add(message.groupId);
    }
  }

  private handOut(message: StoredMessage, visibilityMs: number, nowMs: number): ReceivedMessage {
    message.receiveCount++;
    message.firstReceivedMs ??= nowMs;
    message.visibleAtMs = nowMs + visibilityMs;
    return { message, receiptHandle: formatReceipt(this.arn, message) };
  }

  /** Removes the message; harmless when it is gone already. @throws ReceiptHandleIsInvalid; InvalidParameterValue (FIFO) */
  delete(receiptHandle: string, nowMs: number): void {
    const { messageId, receiveCount } = parseReceipt(this.arn, receiptHandle);
    const message = this.messages.get(messageId);
    if (!message) return;
    const isExpired = message.visibleAtMs <= nowMs || message.receiveCount !== receiveCount;
    if (this.isFifo && isExpired) throw invalidValue(receiptHandle, 'ReceiptHandle', 'The receipt handle has expired.');
    this.messages.delete(messageId);
  }

  /** Hides a message in flight for `visibilityMs` from now. @throws InvalidParameterValue */
  changeVisibility(receiptHandle: string, visibilityMs: number, nowMs: number): StoredMessage {
    const { messageId, receiveCount } = parseReceipt(this.arn, receiptHandle);
    const message = this.messages.get(messageId);
    if (!message || message.visibleAtMs <= nowMs || message.receiveCount !== receiveCount) {
      const reason = 'Message does not exist or is not available for visibility timeout change.';
      throw invalidValue(receiptHandle, 'ReceiptHandle', reason);
    }
    message.visibleAtMs = nowMs + visibilityMs;
    return message;
  }

  purge(): void {
    this.messages.clear();
  }

  counts(nowMs: number): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    this.expire(nowMs);
    const all = [...this.messages.values()];
    const hidden = all.filter((message) => message.visibleAtMs > nowMs);
    const delayed = hidden.filter((message) => message.receiveCount === 0).length;
    return { visible: all.length - hidden.length, inFlight: hidden.length - delayed, delayed };
  }

  /** Age of the oldest message in the queue; 0 if the queue is empty. */
  oldestAgeMs(nowMs: number): number {
    this.expire(nowMs);
    return [...this.messages.values()].reduce((age, { sentMs }) => Math.max(age, nowMs - sentMs), 0);
  }

  /** Every instant after `nowMs` at which a message becomes visible. */
  arrivals(nowMs: number): readonly number[] {
    return [...this.messages.values()].map(({ visibleAtMs }) => visibleAtMs).filter((atMs) => atMs > nowMs);
  }

  private expire(nowMs: number): void {
    const retentionMs = numberOf(this.attributes, 'MessageRetentionPeriod') * 1000;
    for (const message of this.messages.values()) {
      if (message.sentMs + retentionMs <= nowMs) this.messages.delete(message.id);
    }
  }
}
