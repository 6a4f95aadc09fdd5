import { GetQueueAttributesCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Sends one wake-up that arrives after a delay of 0 to 900 s. */
export type SendWakeUp = (delaySeconds: number) => Promise<void>;

/** A wake-up has no content: the state table holds the pending work. */
export function wakeUpsThrough(client: SQSClient, queueUrl: string): SendWakeUp {
  return async (delaySeconds) => {
    const input = { QueueUrl: queueUrl, MessageBody: '{"kind":"wake-up"}', DelaySeconds: delaySeconds };
    await client.send(new SendMessageCommand(input));
  };
}

/** How many messages of a queue are waiting, delayed or being worked on; AWS counts them approximately. */
export type PendingMessages = () => Promise<number>;

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
] as const;

export function pendingMessagesOf(client: SQSClient, queueUrl: string): PendingMessages {
  return async () => {
    const input = { QueueUrl: queueUrl, AttributeNames: [...COUNTS] };
    const { Attributes } = await client.send(new GetQueueAttributesCommand(input));
    return COUNTS.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
  };
}
