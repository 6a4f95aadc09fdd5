import type {
  CreateLogGroupRequest,
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  DescribeLogStreamsRequest,
  DescribeLogStreamsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../../kernel/simulation-clock.ts';
import { LogGroup, type LogStream } from './log-group.ts';
import { alreadyExists, assertName, invalidParameter, notFound } from './logs-errors.ts';

const GROUP_NAME = /^[.\-_/#A-Za-z0-9]+$/;
const STREAM_NAME = /^[^:*]+$/;
const LONGEST_NAME = 512;
const PAGE = 50;
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

type Tags = Readonly<Record<string, string>> | readonly string[] | undefined;

/** The log groups of the account, with their settings and streams. */
export class LogGroups {
  private readonly clock: Clock;
  private readonly groups = new Map<string, LogGroup>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  find(name: string): LogGroup | undefined {
    return this.groups.get(name);
  }

  /** @throws AwsError ResourceNotFoundException */
  need(name: string): LogGroup {
    const group = this.groups.get(name);
    if (!group) throw notFound('log group');
    return group;
  }

  all(): LogGroup[] {
    return [...this.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  create(input: CreateLogGroupRequest): void {
    const name = assertName(input.logGroupName, 'logGroupName', GROUP_NAME, LONGEST_NAME);
    if (this.groups.has(name)) throw alreadyExists('log group');
    const group = new LogGroup(name, this.clock.now());
    group.kmsKeyId = input.kmsKeyId;
    this.tag(group, input.tags);
    this.groups.set(name, group);
  }

  delete(group: LogGroup): void {
    group.close();
    this.groups.delete(group.name);
  }

  describe(input: DescribeLogGroupsRequest): DescribeLogGroupsResponse {
    const { logGroupNamePrefix = '', logGroupNamePattern = '' } = input;
    const found = this.all().filter(
      ({ name }) =>
        name.startsWith(logGroupNamePrefix) && name.toLowerCase().includes(logGroupNamePattern.toLowerCase()),
    );
    const { items, next } = page(found, input.limit ?? PAGE, input.nextToken);
    return { logGroups: items.map(groupView), ...next };
  }

  retain(group: LogGroup, days: number | undefined): void {
    if (days !== undefined && !RETENTION_DAYS.includes(days)) {
      throw invalidParameter(
        `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`,
      );
    }
    group.retentionInDays = days;
  }

  encrypt(group: LogGroup, kmsKeyId: string | undefined): void {
    group.kmsKeyId = kmsKeyId;
  }

  tag(group: LogGroup, tags: Tags): void {
    for (const [key, value] of Object.entries(tags ?? {})) group.tags.set(key, value);
  }

  untag(group: LogGroup, keys: Tags): void {
    if (Array.isArray(keys)) for (const key of keys) group.tags.delete(key);
  }

  createStream(group: LogGroup, streamName: string | undefined): void {
    const name = assertName(streamName, 'logStreamName', STREAM_NAME, LONGEST_NAME);
    if (group.streams.has(name)) throw alreadyExists('log stream');
    group.stream(name, this.clock.now());
  }

  describeStreams(group: LogGroup, input: DescribeLogStreamsRequest): DescribeLogStreamsResponse {
    const byTime = input.orderBy === 'LastEventTime';
    if (byTime && input.logStreamNamePrefix !== undefined) {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    }
    const streams = [...group.streams.values()]
      .filter((stream) => stream.name.startsWith(input.logStreamNamePrefix ?? ''))
      .sort((a, b) => (byTime && (a.lastEventMs ?? 0) - (b.lastEventMs ?? 0)) || (a.name < b.name ? -1 : 1));
    const ordered = input.descending ? streams.reverse() : streams;
    const { items, next } = page(ordered, input.limit ?? PAGE, input.nextToken);
    return { logStreams: items.map((stream) => streamView(group, stream)), ...next };
  }
}

function groupView(group: LogGroup) {
  return {
    logGroupName: group.name,
    creationTime: group.createdMs,
    ...(group.retentionInDays !== undefined && { retentionInDays: group.retentionInDays }),
    metricFilterCount: group.metricFilters.size,
    arn: `${group.arn}:*`,
    storedBytes: group.storedBytes,
    ...(group.kmsKeyId !== undefined && { kmsKeyId: group.kmsKeyId }),
    logGroupClass: 'STANDARD' as const,
    logGroupArn: group.arn,
  };
}

function streamView(group: LogGroup, stream: LogStream) {
  return {
    logStreamName: stream.name,
    creationTime: stream.createdMs,
    ...(stream.firstEventMs !== undefined && { firstEventTimestamp: stream.firstEventMs }),
    ...(stream.lastEventMs !== undefined && { lastEventTimestamp: stream.lastEventMs }),
    ...(stream.lastIngestionMs !== undefined && { lastIngestionTime: stream.lastIngestionMs }),
    arn: `${group.arn}:log-stream:${stream.name}`,
    storedBytes: 0,
  };
}

function page<Item>(
  items: readonly Item[],
  limit: number,
  token: string | undefined,
): { items: Item[]; next: { nextToken?: string } } {
  if (limit < 1 || limit > PAGE) {
    throw invalidParameter(
      `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to ${PAGE}`,
    );
  }
  const start = token ? Number(token) : 0;
  if (!Number.isInteger(start)) throw invalidParameter('The specified nextToken is invalid.');
  const end = start + limit;
  return { items: items.slice(start, end), next: end < items.length ? { nextToken: String(end) } : {} };
}
