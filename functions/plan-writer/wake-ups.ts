import type { WakeUp } from './plan-writer.ts';

export interface BatchAnswer {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/**
 * A wake-up that came too early goes back to the queue this often; then it is dropped. Control sends a new one for
 * every slot that is due while there is a backlog, so none is missed, and a dropped one never reaches the dead letters.
 */
const MOST_RETURNS = 3;

interface Message {
  readonly messageId: string;
  readonly receiveCount: number;
}

/** The messages of an SQS event; an event of another form holds none. */
export function readMessages(event: unknown): Message[] {
  const records = (event as { Records?: unknown } | null)?.Records;
  if (!Array.isArray(records)) return [];
  return records.flatMap(
    (record: { messageId?: unknown; attributes?: { ApproximateReceiveCount?: unknown } } | null) => {
      const messageId = record?.messageId;
      if (typeof messageId !== 'string') return [];
      return { messageId, receiveCount: Number(record?.attributes?.ApproximateReceiveCount ?? 1) };
    },
  );
}

/** Each message is one wake-up; what it was sent for stands in the table, so its body is never read. */
export async function answerWakeUps(messages: readonly Message[], wakeUp: () => Promise<WakeUp>): Promise<BatchAnswer> {
  const batchItemFailures: BatchAnswer['batchItemFailures'] = [];
  for (const { messageId, receiveCount } of messages) {
    const isEarly = (await wakeUp()) === 'early';
    if (isEarly && receiveCount < MOST_RETURNS) batchItemFailures.push({ itemIdentifier: messageId });
  }
  return { batchItemFailures };
}
