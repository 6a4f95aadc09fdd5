import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { kindOf, type Refusal } from '../../shared/platform/refusal.ts';
import type { LogEvent } from '../../shared/telemetry/aggregate.ts';

/** One delivery of a log subscription. */
export interface LogBatch {
  readonly events: readonly LogEvent[];
  /** Identical for every delivery of the same lines. */
  readonly id: string;
  /** The log stream of the lines; a stream delivers in order. */
  readonly stream: string | undefined;
}

interface Entry {
  readonly id?: unknown;
  readonly timestamp?: unknown;
  readonly message?: unknown;
}

interface Payload {
  readonly messageType?: unknown;
  readonly logStream?: unknown;
  readonly logEvents?: readonly (Entry | null)[];
}

/** CloudWatch Logs delivers a few megabytes at most; a larger payload is a decompression bomb. */
const LIMIT = { maxOutputLength: 64 * 1024 * 1024 } as const;

export type Delivery =
  | { readonly kind: 'batch'; readonly batch: LogBatch }
  | { readonly kind: 'refused'; readonly why: Refusal };

const FIX = "subscribe this function to the API's access log and to nothing else";

const refused = (path: string, expected: string, found: unknown): Delivery => ({
  kind: 'refused',
  why: { path, expected, found: kindOf(found), fix: FIX },
});

/**
 * Unpacks a delivery: JSON, compressed, in base 64. Events without timestamp or message are passed on as unreadable. Any other
 * event is refused, because a retry cannot succeed.
 */
export function readSubscription(event: unknown): Delivery {
  const data = (event as { awslogs?: { data?: unknown } | null } | null)?.awslogs?.data;
  if (typeof data !== 'string') return refused('awslogs.data', 'a text in base 64', data);
  const payload = unpacked(data);
  if (payload === undefined) return refused('awslogs.data', 'JSON, compressed with gzip, in base 64', data);
  const { messageType, logEvents } = payload;
  if (messageType !== 'DATA_MESSAGE') return refused('awslogs.data: messageType', '"DATA_MESSAGE"', messageType);
  if (!Array.isArray(logEvents)) return refused('awslogs.data: logEvents', 'a list of log events', logEvents);
  return { kind: 'batch', batch: batchOf(payload, logEvents) };
}

function unpacked(data: string): Payload | undefined {
  try {
    const payload: unknown = JSON.parse(gunzipSync(Buffer.from(data, 'base64'), LIMIT).toString('utf8'));
    return typeof payload === 'object' && payload !== null ? payload : {};
  } catch {
    return undefined;
  }
}

function batchOf(payload: Payload, logEvents: NonNullable<Payload['logEvents']>): LogBatch {
  const events = logEvents.map((entry) => ({
    timestamp: typeof entry?.timestamp === 'number' ? entry.timestamp : 0,
    message: typeof entry?.message === 'string' ? entry.message : '',
  }));
  const stream = typeof payload.logStream === 'string' ? payload.logStream : undefined;
  const identity = [logEvents.at(0)?.id, logEvents.at(-1)?.id, logEvents.length].map(String).join('/');
  return { events, id: createHash('sha256').update(identity).digest('hex').slice(0, 16), stream };
}
