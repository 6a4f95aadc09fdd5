import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { LogEvent } from '../../shared/telemetry/aggregate.ts';

/** One delivery of a log subscription. */
export interface LogBatch {
  readonly events: readonly LogEvent[];
  /** The same for every delivery of the same lines. */
  readonly id: string;
  /** The log stream that they come from: it delivers in order. */
  readonly stream: string | undefined;
}

interface Payload {
  readonly messageType?: unknown;
  readonly logStream?: unknown;
  readonly logEvents?: readonly { readonly id?: unknown; readonly timestamp?: unknown; readonly message?: unknown }[];
}

/**
 * Unpacks a delivery: JSON, compressed, in base 64. Events without a timestamp or a message are passed on as poisoned.
 * @returns undefined for anything that is not a batch of lines; a delivery can never succeed by being retried.
 */
export function readSubscription(event: unknown): LogBatch | undefined {
  const data = (event as { awslogs?: { data?: unknown } } | null)?.awslogs?.data;
  if (typeof data !== 'string') return undefined;
  let payload: Payload;
  try {
    payload = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString('utf8')) as Payload;
  } catch {
    return undefined;
  }
  if (payload?.messageType !== 'DATA_MESSAGE' || !Array.isArray(payload.logEvents)) return undefined;
  const { logEvents } = payload;
  const events = logEvents.map((entry) => ({
    timestamp: typeof entry?.timestamp === 'number' ? entry.timestamp : 0,
    message: typeof entry?.message === 'string' ? entry.message : '',
  }));
  const stream = typeof payload.logStream === 'string' ? payload.logStream : undefined;
  const identity = [logEvents.at(0)?.id, logEvents.at(-1)?.id, logEvents.length].map(String).join('/');
  return { events, id: createHash('sha256').update(identity).digest('hex').slice(0, 16), stream };
}
