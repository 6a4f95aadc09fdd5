import { kindOf, type Refusal } from '../../shared/platform/refusal.ts';
import type { WakeUp } from './plan-writer.ts';

export interface BatchAnswer {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/**
 * How often an early wake-up returns to the queue before it is dropped. Control sends a new one for every slot while there is a
 * backlog, so no slot is missed, and a dropped wake-up never reaches the dead letters.
 */
const MOST_RETURNS = 3;

const FIX = 'let only the plan-writes queue invoke this function';

interface Record {
  readonly messageId?: unknown;
  readonly attributes?: { readonly ApproximateReceiveCount?: unknown } | null;
}

interface Message {
  readonly messageId: string;
  readonly receiveCount: number;
}

/** The messages of an SQS event; invalid messages and other events are refused. */
export function readMessages(event: unknown, refuse: (why: Refusal) => void): Message[] {
  const records = (event as { Records?: unknown } | null)?.Records;
  if (!Array.isArray(records)) {
    refuse({ path: 'Records', expected: 'a list of SQS messages', found: kindOf(records), fix: FIX });
    return [];
  }
  return records.flatMap((record: Record | null, index) => {
    const { messageId, attributes }: Record = record ?? {};
    if (typeof messageId !== 'string') {
      const path = `Records.${index}.messageId`;
      refuse({ path, expected: "an SQS message's id", found: kindOf(messageId), fix: FIX });
      return [];
    }
    return { messageId, receiveCount: Number(attributes?.ApproximateReceiveCount ?? 1) };
  });
}

/** Handles each message as one wake-up; its body is never read, because the table holds the pending work. */
export async function answerWakeUps(messages: readonly Message[], wakeUp: () => Promise<WakeUp>): Promise<BatchAnswer> {
  const batchItemFailures: BatchAnswer['batchItemFailures'] = [];
  for (const { messageId, receiveCount } of messages) {
    const isEarly = (await wakeUp()) === 'early';
    if (isEarly && receiveCount < MOST_RETURNS) batchItemFailures.push({ itemIdentifier: messageId });
  }
  return { batchItemFailures };
}
