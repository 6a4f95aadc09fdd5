import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Sends one wake-up, to arrive after a delay of 0 to 900 s. */
export type SendWakeUp = (delaySeconds: number) => Promise<void>;

/** A wake-up says nothing: what is to be done stands in the state table. */
export function wakeUpsThrough(client: SQSClient, queueUrl: string): SendWakeUp {
  return async (delaySeconds) => {
    const input = { QueueUrl: queueUrl, MessageBody: '{"kind":"wake-up"}', DelaySeconds: delaySeconds };
    await client.send(new SendMessageCommand(input));
  };
}
