import type {
  PutEventsRequest,
  PutEventsRequestEntry,
  PutEventsResponse,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { ACCOUNT_ID, REGION } from '../../kernel/aws.ts';
import type { DeliveredEvent } from './input-transformer.ts';
import { validation } from './rule-store.ts';

const MOST_ENTRIES = 10;

/** What a service or a caller says happened; the bus adds the rest. */
export interface NewEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** Whole seconds, as EventBridge writes time. */
export function eventOf(event: NewEvent, id: string, atMs: number): DeliveredEvent {
  const time = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  const { source, resources, detail } = event;
  const place = { account: ACCOUNT_ID, time, region: REGION };
  return { version: '0', id, 'detail-type': event['detail-type'], source, ...place, resources, detail };
}

/** Takes the entries one by one; a bad one fails alone. @throws ValidationException for more than ten */
export function putEvents(
  input: PutEventsRequest,
  accept: (busName: string | undefined, event: NewEvent, atMs: number | undefined) => string,
): PutEventsResponse {
  const entries = input.Entries ?? [];
  if (entries.length < 1 || entries.length > MOST_ENTRIES) {
    const relation = entries.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MOST_ENTRIES}`;
    throw validation(
      `1 validation error detected: Value '[PutEventsRequestEntry]' at 'entries' failed to satisfy constraint: Member must have length ${relation}`,
    );
  }
  const results = entries.map((entry): PutEventsResultEntry => {
    const problem = problemOf(entry);
    if (problem) return { ErrorCode: problem[0], ErrorMessage: problem[1] };
    const event = {
      source: entry.Source ?? '',
      'detail-type': entry.DetailType ?? '',
      resources: entry.Resources ?? [],
      detail: JSON.parse(entry.Detail ?? '{}'),
    };
    return { EventId: accept(entry.EventBusName, event, entry.Time?.getTime()) };
  });
  return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode).length, Entries: results };
}

function problemOf(entry: PutEventsRequestEntry): readonly [string, string] | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (entry[name]) continue;
    const text = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
    return ['InvalidArgument', text];
  }
  if (entry.Source?.startsWith('aws.')) return ['NotAuthorizedForSourceException', 'Not authorized for the source.'];
  return isObjectText(entry.Detail ?? '') ? undefined : ['MalformedDetail', 'Detail is malformed.'];
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
