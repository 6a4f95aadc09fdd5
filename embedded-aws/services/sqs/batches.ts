import type {
  BatchResultErrorEntry,
  ChangeMessageVisibilityBatchRequest,
  DeleteMessageBatchRequest,
  SendMessageBatchRequest,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import type { Call, Operation, Service } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { sizeOf } from './messages.ts';
import { invalidParameterValue } from './sqs-errors.ts';

const MOST_ENTRIES = 10;
const LARGEST_BATCH_BYTES = 1_048_576;

interface Entry {
  readonly Id: string | undefined;
}

/** @throws as SQS does for a batch that is wrong as a whole. */
function check(entries: readonly Entry[]): void {
  if (entries.length === 0) throw fault('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > MOST_ENTRIES) {
    const text = `Maximum number of entries per request are ${MOST_ENTRIES}. You have sent ${entries.length}.`;
    throw fault('TooManyEntriesInBatchRequest', text);
  }
  const ids = entries.map(({ Id = '' }) => Id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw fault('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`);
  if (!ids.every((id) => /^[A-Za-z0-9_-]{1,80}$/.test(id))) {
    const text =
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.';
    throw fault('InvalidBatchEntryId', text);
  }
}

function fault(code: string, message: string): AwsError {
  return new AwsError(code, message, { status: 400 });
}

/** Runs every entry by itself; what one does wrong fails that one alone. */
function each<BatchEntry extends Entry>(
  entries: readonly BatchEntry[] | undefined,
  run: (entry: BatchEntry) => object,
) {
  check(entries ?? []);
  const Successful: object[] = [];
  const Failed: BatchResultErrorEntry[] = [];
  for (const entry of entries ?? []) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) };
}

export function batchOperations(
  single: { readonly DeleteMessage: Operation; readonly ChangeMessageVisibility: Operation },
  send: (input: SendMessageRequest, call: Call, isBatch: boolean) => SendMessageResult,
): Service['operations'] {
  const batchOf =
    (operation: Operation) => (input: DeleteMessageBatchRequest | ChangeMessageVisibilityBatchRequest, call: Call) =>
      each<Entry>(input.Entries, (entry) => {
        operation({ ...entry, QueueUrl: input.QueueUrl } as never, call);
        return {};
      });
  return {
    SendMessageBatch: (input: SendMessageBatchRequest, call: Call) => {
      const bytes = (input.Entries ?? []).reduce((sum, entry) => sum + sizeOf(entry), 0);
      if (bytes > LARGEST_BATCH_BYTES) {
        throw invalidParameterValue(
          `Batch requests cannot be longer than ${LARGEST_BATCH_BYTES} bytes. You have sent ${bytes} bytes.`,
        );
      }
      return each(input.Entries, (entry) => send({ ...entry, QueueUrl: input.QueueUrl }, call, true));
    },
    DeleteMessageBatch: batchOf(single.DeleteMessage),
    ChangeMessageVisibilityBatch: batchOf(single.ChangeMessageVisibility),
  };
}
