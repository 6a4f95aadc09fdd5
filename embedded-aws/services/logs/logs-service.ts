import type {
  CreateLogGroupRequest,
  CreateLogStreamRequest,
  DeleteMetricFilterRequest,
  DeleteSubscriptionFilterRequest,
  DescribeLogGroupsRequest,
  DescribeLogStreamsRequest,
  DescribeMetricFiltersRequest,
  DescribeSubscriptionFiltersRequest,
  FilterLogEventsRequest,
  GetLogEventsRequest,
  PutLogEventsRequest,
  PutMetricFilterRequest,
  PutRetentionPolicyRequest,
  PutSubscriptionFilterRequest,
} from '@aws-sdk/client-cloudwatch-logs';
import type { EmbeddedAws, Operation, Permission, Service } from '../../kernel/aws.ts';
import type { LogLine } from './event.ts';
import { LogFilters } from './filters/log-filters.ts';
import type { LogMetricSample } from './filters/metric-filter.ts';
import { GroupEncryption } from './group-encryption.ts';
import { LogGroups } from './groups.ts';
import { type LogGroup, logGroupArn } from './log-group.ts';
import { filterLogEvents, getLogEvents } from './log-reading.ts';
import { notFound } from './logs-errors.ts';
import { acceptBatch } from './put-log-events.ts';

/** Where metrics that logs yield go: CloudWatch. */
export interface LogMetrics {
  /** One whole log line of a function that has `"_aws"` in it. */
  ingestEmf(message: string): void;
  record(sample: LogMetricSample): void;
}

interface GroupRef {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
  readonly resourceArn?: string | undefined;
  readonly resourceIdentifier?: string | undefined;
  readonly logStreamName?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | readonly string[] | undefined;
  readonly tagKeys?: readonly string[] | undefined;
}

const FUNCTION_GROUPS = '/aws/lambda/';

/**
 * CloudWatch Logs: groups and streams with a bounded tail of events, subscription filters that reach Lambda in
 * batches and late, metric filters, and the embedded metrics of functions.
 */
export class LogsService implements Service {
  readonly name = 'logs';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly aws: EmbeddedAws;
  private readonly metrics: LogMetrics;
  private readonly groups: LogGroups;
  private readonly filters: LogFilters;
  private readonly encryption: GroupEncryption;

  constructor(aws: EmbeddedAws, metrics: LogMetrics) {
    this.aws = aws;
    this.metrics = metrics;
    this.groups = new LogGroups(aws.clock);
    this.encryption = new GroupEncryption(aws);
    this.filters = new LogFilters(aws, (sample) => metrics.record(sample));
    this.operations = { ...this.groupOperations(), ...this.eventOperations(), ...this.filterOperations() };
  }

  permission(operation: string, input: unknown): Permission {
    const { logGroupName, logGroupIdentifier, resourceArn, resourceIdentifier, logStreamName } = input as GroupRef;
    const group = logGroupName ?? logGroupIdentifier ?? resourceArn ?? resourceIdentifier;
    // As AWS's own denials spell it, also for operations on the whole group: `…:log-group:NAME:log-stream:`.
    const arn = group === undefined ? '*' : `${logGroupArn(groupName(group))}:log-stream:${logStreamName ?? ''}`;
    return { action: `logs:${operation}`, resources: [arn] };
  }

  /**
   * Vended logs: appends lines to a stream, which is made when missing. A group that does not exist drops them.
   * Meant for hundreds of thousands of lines a second.
   */
  append(logGroupName: string, logStreamName: string, lines: readonly LogLine[]): void {
    const group = this.groups.find(logGroupName);
    if (group && lines.length > 0) this.ingest(group, logStreamName, lines);
  }

  private ingest(group: LogGroup, streamName: string, lines: readonly LogLine[]): void {
    const nowMs = Math.floor(this.aws.clock.now());
    group.append(group.stream(streamName, nowMs), lines, nowMs);
    for (const filter of group.metricFilters.values()) {
      for (const line of lines) {
        const sample = filter.sample(line);
        if (sample) this.metrics.record(sample);
      }
    }
    if (!group.name.startsWith(FUNCTION_GROUPS)) return;
    for (const { message } of lines) if (message.includes('"_aws"')) this.metrics.ingestEmf(message);
  }

  private need(input: GroupRef): LogGroup {
    const group = input.logGroupName ?? input.logGroupIdentifier ?? input.resourceArn ?? input.resourceIdentifier;
    return this.groups.need(groupName(group ?? ''));
  }

  private async readable(input: GroupRef): Promise<LogGroup> {
    const group = this.need(input);
    await this.encryption.mayRead(group.name, group.kmsKeyId);
    return group;
  }

  private groupOperations(): Record<string, Operation> {
    const { groups } = this;
    return {
      CreateLogGroup: async (input: CreateLogGroupRequest) => {
        await this.encryption.mayUse(input.logGroupName ?? '', input.kmsKeyId);
        return done(groups.create(input));
      },
      DeleteLogGroup: (input: GroupRef) => done(groups.delete(this.need(input))),
      DescribeLogGroups: (input: DescribeLogGroupsRequest) => groups.describe(input),
      PutRetentionPolicy: (input: PutRetentionPolicyRequest) =>
        done(groups.retain(this.need(input), input.retentionInDays ?? 0)),
      DeleteRetentionPolicy: (input: GroupRef) => done(groups.retain(this.need(input), undefined)),
      AssociateKmsKey: async (input: GroupRef) => {
        await this.encryption.mayUse(this.need(input).name, input.kmsKeyId);
        return done(groups.encrypt(this.need(input), input.kmsKeyId));
      },
      DisassociateKmsKey: (input: GroupRef) => done(groups.encrypt(this.need(input), undefined)),
      TagResource: (input: GroupRef) => done(groups.tag(this.need(input), input.tags)),
      TagLogGroup: (input: GroupRef) => done(groups.tag(this.need(input), input.tags)),
      UntagResource: (input: GroupRef) => done(groups.untag(this.need(input), input.tagKeys)),
      UntagLogGroup: (input: GroupRef) => done(groups.untag(this.need(input), input.tags)),
      ListTagsForResource: (input: GroupRef) => ({ tags: Object.fromEntries(this.need(input).tags) }),
      ListTagsLogGroup: (input: GroupRef) => ({ tags: Object.fromEntries(this.need(input).tags) }),
    };
  }

  private eventOperations(): Record<string, Operation> {
    return {
      CreateLogStream: (input: CreateLogStreamRequest) =>
        done(this.groups.createStream(this.need(input), input.logStreamName)),
      DeleteLogStream: (input: GroupRef) => this.deleteStream(input),
      DescribeLogStreams: (input: DescribeLogStreamsRequest) => this.groups.describeStreams(this.need(input), input),
      PutLogEvents: (input: PutLogEventsRequest) => this.putLogEvents(input),
      GetLogEvents: async (input: GetLogEventsRequest) =>
        getLogEvents(await this.readable(input), this.needStream(input), input),
      FilterLogEvents: async (input: FilterLogEventsRequest) => filterLogEvents(await this.readable(input), input),
    };
  }

  private filterOperations(): Record<string, Operation> {
    const { filters } = this;
    return {
      PutSubscriptionFilter: async (input: PutSubscriptionFilterRequest) => {
        await filters.putSubscription(input, () => this.need(input));
        return {};
      },
      DescribeSubscriptionFilters: (input: DescribeSubscriptionFiltersRequest) =>
        filters.describeSubscriptions(this.need(input), input),
      DeleteSubscriptionFilter: (input: DeleteSubscriptionFilterRequest) =>
        done(filters.deleteSubscription(this.need(input), input.filterName ?? '')),
      PutMetricFilter: (input: PutMetricFilterRequest) => done(filters.putMetricFilter(this.need(input), input)),
      DescribeMetricFilters: (input: DescribeMetricFiltersRequest) =>
        filters.describeMetricFilters(input.logGroupName ? [this.need(input)] : this.groups.all(), input),
      DeleteMetricFilter: (input: DeleteMetricFilterRequest) =>
        done(filters.deleteMetricFilter(this.need(input), input.filterName ?? '')),
    };
  }

  private needStream(input: GroupRef): string {
    const name = input.logStreamName ?? '';
    if (!this.need(input).streams.has(name)) throw notFound('log stream');
    return name;
  }

  private deleteStream(input: GroupRef): Record<string, never> {
    if (!this.need(input).deleteStream(input.logStreamName ?? '')) throw notFound('log stream');
    return {};
  }

  private putLogEvents(input: PutLogEventsRequest) {
    const group = this.need(input);
    const stream = this.needStream(input);
    const { lines, rejected } = acceptBatch(input.logEvents ?? [], this.aws.clock.now(), group.retentionInDays);
    if (lines.length > 0) this.ingest(group, stream, lines);
    const nextSequenceToken = String(group.tail.length).padStart(56, '4');
    return { nextSequenceToken, ...(rejected && { rejectedLogEventsInfo: rejected }) };
  }
}

const done = (_nothing: unknown): Record<string, never> => ({});

/** A group by its name or by its ARN, with or without `:*`. */
const groupName = (nameOrArn: string): string =>
  nameOrArn.replace(/^arn:aws:logs:[^:]*:\d*:log-group:/, '').replace(/:\*$/, '');
