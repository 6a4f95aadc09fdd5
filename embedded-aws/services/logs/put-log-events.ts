import type { InputLogEvent, RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import type { LogLine } from './event.ts';
import { invalidParameter } from './logs-errors.ts';

const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;
/** What every event counts on top of its message. */
const EVENT_OVERHEAD_BYTES = 26;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface Accepted {
  readonly lines: readonly LogLine[];
  readonly rejected: RejectedLogEventsInfo | undefined;
}

/**
 * Splits a batch into what is stored and what AWS leaves out: older than 14 days, or more than 2 hours ahead.
 * @throws AwsError InvalidParameterException for a batch that is out of order, too large or spans more than a day.
 */
export function acceptBatch(
  events: readonly InputLogEvent[],
  nowMs: number,
  retentionInDays: number | undefined,
): Accepted {
  const lines = events.map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
  assertBatch(lines);
  const before = (limitMs: number) => lines.filter((line) => line.timestamp < limitMs).length;
  const tooOld = before(nowMs - 14 * DAY_MS);
  const expired = retentionInDays === undefined ? 0 : before(nowMs - retentionInDays * DAY_MS);
  const tooNew = before(nowMs + 2 * HOUR_MS + 1);
  const rejected: RejectedLogEventsInfo = {
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > tooOld && { expiredLogEventEndIndex: expired }),
    ...(tooNew < lines.length && { tooNewLogEventStartIndex: tooNew }),
  };
  const isClean = Object.keys(rejected).length === 0;
  return { lines: lines.slice(Math.max(tooOld, expired), tooNew), rejected: isClean ? undefined : rejected };
}

function assertBatch(lines: readonly LogLine[]): void {
  if (lines.length > MOST_EVENTS) {
    throw invalidParameter(
      `1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length less than or equal to ${MOST_EVENTS}`,
    );
  }
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line.message) + EVENT_OVERHEAD_BYTES, 0);
  if (bytes > MOST_BYTES) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${MOST_BYTES}`);
  }
  const isOrdered = lines.every((line, index) => index === 0 || line.timestamp >= (lines[index - 1]?.timestamp ?? 0));
  if (!isOrdered) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  const spanMs = (lines.at(-1)?.timestamp ?? 0) - (lines[0]?.timestamp ?? 0);
  if (spanMs > DAY_MS) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
}
