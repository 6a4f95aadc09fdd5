import { gunzipSync, gzipSync } from 'node:zlib';

type Change = (value: unknown) => unknown;
type Members = Readonly<Record<string, unknown>>;

/** Calls that hand something over and are done: they alone can be put off without the caller noticing. */
export const DELIVERIES: readonly string[] = ['lambda.Invoke', 'sqs.SendMessage', 'events.PutEvents', 'sns.Publish'];

export const isDelivery = (service: string, operation: string): boolean =>
  DELIVERIES.includes(`${service}.${operation}`);

/** Where a delivery goes. */
export function destinationOf(input: unknown): string {
  const { FunctionName, QueueUrl, TopicArn } = input as Members;
  return String(FunctionName ?? QueueUrl ?? TopicArn ?? '');
}

/** The same delivery with another content. Of a batch of log lines, the lines change, not their envelope. */
export function changedDelivery(input: unknown, change: Change): unknown {
  const { Payload, MessageBody, Message, Entries } = input as Members;
  if (Payload !== undefined) return { ...(input as Members), Payload: changedPayload(Payload as Uint8Array, change) };
  if (MessageBody !== undefined) return { ...(input as Members), MessageBody: changedText(MessageBody, change) };
  if (Message !== undefined) return { ...(input as Members), Message: changedText(Message, change) };
  if (!Array.isArray(Entries)) return input;
  const changed = (Entries as Members[]).map((entry) => ({ ...entry, Detail: changedText(entry.Detail, change) }));
  return { ...(input as Members), Entries: changed };
}

/** The delivery with what an earlier one carried. */
export function withContentOf(earlier: unknown, input: unknown): unknown {
  const { Payload, MessageBody, Message, Entries } = earlier as Members;
  const content = { Payload, MessageBody, Message, Entries };
  const given = Object.entries(content).filter(([, value]) => value !== undefined);
  return { ...(input as Members), ...Object.fromEntries(given) };
}

function changedPayload(payload: Uint8Array, change: Change): Buffer {
  const event = JSON.parse(Buffer.from(payload).toString('utf8')) as Members;
  const { data } = (event.awslogs ?? {}) as { data?: unknown };
  if (typeof data !== 'string') return Buffer.from(JSON.stringify(change(event)));
  const batch = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString('utf8')) as Members;
  const { logEvents } = change({ logEvents: batch.logEvents }) as Members;
  const text = JSON.stringify({ ...batch, logEvents });
  return Buffer.from(JSON.stringify({ awslogs: { data: gzipSync(text).toString('base64') } }));
}

function changedText(text: unknown, change: Change): string {
  try {
    return JSON.stringify(change(JSON.parse(String(text))));
  } catch {
    return String(change(text));
  }
}
