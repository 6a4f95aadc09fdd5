import { createHash } from 'node:crypto';
import type {
  Message,
  MessageAttributeValue,
  MessageSystemAttributeName,
  ReceiveMessageRequest,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import type { Caller } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { md5, md5OfAttributes } from './message-digest.ts';
import type { Queue, ReceivedMessage } from './message-queue.ts';
import { numberOf } from './queue-attributes.ts';
import type { OutgoingMessage, StoredMessage } from './queue-message.ts';
import { invalidParameterValue, invalidValue } from './sqs-errors.ts';

type SendInput = Omit<SendMessageRequest, 'QueueUrl'>;

/** Size that counts against the limit: body and attributes, names, types and values. */
export function sizeOf(input: SendInput): number {
  const attributes = Object.entries(input.MessageAttributes ?? {}).map(
    ([name, { DataType = '', StringValue = '', BinaryValue }]) =>
      Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.byteLength ?? 0),
  );
  return attributes.reduce((sum, size) => sum + size, Buffer.byteLength(input.MessageBody ?? ''));
}

/** Checks a message and makes it ready for the queue. @throws as SQS words it. */
export function outgoing(
  queue: Queue,
  input: SendInput,
  id: string,
  senderId: string,
  isBatch: boolean,
): OutgoingMessage {
  if (!input.MessageBody) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.', { status: 400 });
  }
  const limit = numberOf(queue.attributes, 'MaximumMessageSize');
  if (sizeOf(input) > limit) {
    throw invalidParameterValue(
      `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
    );
  }
  const { DelaySeconds: delaySeconds } = input;
  if (delaySeconds !== undefined && (delaySeconds < 0 || delaySeconds > 900)) {
    throw invalidValue(delaySeconds, 'DelaySeconds', 'DelaySeconds must be >= 0 and <= 900.');
  }
  const base = { id, senderId, body: input.MessageBody, attributes: input.MessageAttributes ?? {}, delaySeconds };
  return queue.isFifo ? { ...base, ...fifoFields(queue, input, isBatch) } : { ...base, groupId: input.MessageGroupId };
}

function fifoFields(queue: Queue, input: SendInput, isBatch: boolean) {
  if (input.DelaySeconds) {
    const reason = 'The request include parameter that is not valid for this queue type.';
    throw invalidValue(input.DelaySeconds, 'DelaySeconds', reason);
  }
  if (!input.MessageGroupId) {
    const code = isBatch ? 'InvalidParameterValue' : 'MissingParameter';
    throw new AwsError(code, 'The request must contain the parameter MessageGroupId.', { status: 400 });
  }
  const hasContentDigest = queue.attributes.ContentBasedDeduplication === 'true';
  if (!input.MessageDeduplicationId && !hasContentDigest) {
    throw invalidParameterValue(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  const digest = createHash('sha256')
    .update(input.MessageBody ?? '')
    .digest('hex');
  return { groupId: input.MessageGroupId, deduplicationId: input.MessageDeduplicationId ?? digest };
}

export function sendResult(message: StoredMessage): SendMessageResult {
  const attributesDigest = md5OfAttributes(message.attributes);
  return {
    MessageId: message.id,
    MD5OfMessageBody: md5(message.body),
    ...(attributesDigest && { MD5OfMessageAttributes: attributesDigest }),
    ...(message.sequenceNumber && { SequenceNumber: message.sequenceNumber }),
  };
}

/** A received message with as many attributes as were asked for. */
export function incoming(received: ReceivedMessage, input: ReceiveMessageRequest): Message {
  const { message, receiptHandle } = received;
  const attributes = matching(message.attributes, input.MessageAttributeNames ?? []);
  const wanted: readonly string[] = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const system = Object.entries(systemAttributes(message)).filter(
    ([name, value]) => value !== undefined && (wanted.includes('All') || wanted.includes(name)),
  );
  const digest = md5OfAttributes(attributes);
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(digest && { MessageAttributes: attributes, MD5OfMessageAttributes: digest }),
  };
}

function systemAttributes(message: StoredMessage): Partial<Record<MessageSystemAttributeName, string | undefined>> {
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentMs),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedMs),
    MessageGroupId: message.groupId,
    MessageDeduplicationId: message.deduplicationId,
    SequenceNumber: message.sequenceNumber,
  };
}

function matching(attributes: Readonly<Record<string, MessageAttributeValue>>, names: readonly string[]) {
  const isWanted = (name: string) =>
    names.some((wanted) => {
      if (wanted === 'All' || wanted === '.*' || wanted === name) return true;
      return wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -2));
    });
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}

/** `SenderId` as SQS shows it: a role's or a user's. */
export function senderIdOf(caller: Caller): string {
  if (caller.kind === 'function') return `AROAEMBEDDED:${caller.functionName}`;
  return caller.kind === 'service' ? caller.principal : 'AIDAEMBEDDED';
}
