import type {
  FilterLogEventsRequest,
  FilterLogEventsResponse,
  GetLogEventsRequest,
  GetLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { eventId, type StoredEvent } from './event.ts';
import { compilePattern } from './filters/filter-pattern.ts';
import type { LogGroup } from './log-group.ts';
import { invalidParameter } from './logs-errors.ts';

const MOST_EVENTS = 10_000;

/** Events of one stream, in the order of arrival; the tokens lead on and back from what was shown. */
export function getLogEvents(group: LogGroup, stream: string, input: GetLogEventsRequest): GetLogEventsResponse {
  const { startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = MOST_EVENTS, nextToken } = input;
  const inRange = group.tail
    .all()
    .filter((event) => event.stream === stream && event.timestamp >= startTime && event.timestamp < endTime);
  const [direction, place] = readToken(nextToken, /^([fb])\/(\d+)$/);
  const isForward = direction === undefined ? (input.startFromHead ?? false) : direction === 'f';
  const candidates = inRange.filter((event) => {
    if (direction === undefined) return true;
    return isForward ? event.sequence > place : event.sequence < place;
  });
  const events = isForward ? candidates.slice(0, limit) : candidates.slice(Math.max(0, candidates.length - limit));
  const [first, last] = [events[0], events.at(-1)];
  return {
    events: events.map((event) => ({
      timestamp: event.timestamp,
      message: event.message,
      ingestionTime: event.ingestedMs,
    })),
    nextForwardToken: `f/${last?.sequence ?? place}`,
    nextBackwardToken: `b/${first?.sequence ?? place}`,
  };
}

/** Events of a whole group by time, those that match the pattern. */
export function filterLogEvents(group: LogGroup, input: FilterLogEventsRequest): FilterLogEventsResponse {
  const { startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = MOST_EVENTS } = input;
  const matches = compilePattern(input.filterPattern ?? '');
  const isWanted = streamSelector(input);
  const [, place] = readToken(input.nextToken, /^(e)\/(\d+)$/);
  const found = group.tail
    .all()
    .filter((event) => event.timestamp >= startTime && event.timestamp <= endTime)
    .filter((event) => isWanted(event.stream) && matches(event.message))
    .sort((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence);
  const rest = input.nextToken ? found.slice(found.findIndex((event) => event.sequence === place) + 1) : found;
  const events = rest.slice(0, limit);
  const last = events.at(-1);
  return {
    events: events.map(filteredView),
    searchedLogStreams: [],
    ...(last && rest.length > events.length && { nextToken: `e/${last.sequence}` }),
  };
}

const filteredView = (event: StoredEvent) => ({
  logStreamName: event.stream,
  timestamp: event.timestamp,
  message: event.message,
  ingestionTime: event.ingestedMs,
  eventId: eventId(event),
});

function streamSelector(input: FilterLogEventsRequest): (stream: string) => boolean {
  const { logStreamNames, logStreamNamePrefix } = input;
  if (logStreamNames && logStreamNamePrefix !== undefined) {
    throw invalidParameter('Cannot specify both logStreamNames and logStreamNamePrefix.');
  }
  if (logStreamNames) return (stream) => logStreamNames.includes(stream);
  return (stream) => stream.startsWith(logStreamNamePrefix ?? '');
}

function readToken(token: string | undefined, form: RegExp): [string | undefined, number] {
  if (!token) return [undefined, 0];
  const match = form.exec(token);
  if (!match) throw invalidParameter('The specified nextToken is invalid.');
  return [match[1], Number(match[2])];
}
