import type {
  DescribeMetricFiltersRequest,
  DescribeMetricFiltersResponse,
  DescribeSubscriptionFiltersRequest,
  DescribeSubscriptionFiltersResponse,
  MetricTransformation,
  PutMetricFilterRequest,
  PutSubscriptionFilterRequest,
} from '@aws-sdk/client-cloudwatch-logs';
import { ACCOUNT_ID, AwsError, type EmbeddedAws, NotImplemented, REGION } from '../../../kernel/aws.ts';
import type { LogGroup } from '../log-group.ts';
import { deliverer, Subscription, type SubscriptionSettings } from '../log-subscription.ts';
import { assertName, invalidParameter, notFound } from '../logs-errors.ts';
import { compilePattern } from './filter-pattern.ts';
import { type LogMetricSample, MetricFilter } from './metric-filter.ts';

const MOST_SUBSCRIPTIONS = 2;
const MOST_METRIC_FILTERS = 100;
const FILTER_NAME = /^[^:*]*$/;
const LONGEST_FILTER_NAME = 512;
const LONGEST_PATTERN = 1024;
const LONGEST_METRIC_NAME = 255;

export type RecordSample = (sample: LogMetricSample) => void;

/** Subscription and metric filters of log groups. */
export class LogFilters {
  private readonly aws: EmbeddedAws;
  private readonly record: RecordSample;

  constructor(aws: EmbeddedAws, record: RecordSample) {
    this.aws = aws;
    this.record = record;
  }

  /** @throws AwsError when the destination cannot be used, or the group has two filters of other names already. */
  async putSubscription(input: PutSubscriptionFilterRequest, find: () => LogGroup): Promise<void> {
    const settings = subscriptionSettings(input);
    const group = find();
    const existing = group.subscriptions.get(settings.filterName);
    if (!existing && group.subscriptions.size >= MOST_SUBSCRIPTIONS) {
      throw new AwsError('LimitExceededException', 'Resource limit exceeded.');
    }
    await this.assertInvocable(group, settings.destinationArn);
    if (existing) return existing.update(settings);
    const subscription = new Subscription(this.aws, group, settings, (...delivery) =>
      this.recordDelivery(group.name, ...delivery),
    );
    group.subscriptions.set(settings.filterName, subscription);
  }

  describeSubscriptions(
    group: LogGroup,
    input: DescribeSubscriptionFiltersRequest,
  ): DescribeSubscriptionFiltersResponse {
    const prefix = input.filterNamePrefix ?? '';
    const found = [...group.subscriptions.values()].filter(({ settings }) => settings.filterName.startsWith(prefix));
    return {
      subscriptionFilters: found.map(({ settings, createdMs }) => ({
        ...settings,
        logGroupName: group.name,
        applyOnTransformedLogs: false,
        creationTime: createdMs,
      })),
    };
  }

  deleteSubscription(group: LogGroup, filterName: string): void {
    const subscription = group.subscriptions.get(filterName);
    if (!subscription) throw notFound('subscription filter');
    subscription.close();
    group.subscriptions.delete(filterName);
  }

  putMetricFilter(group: LogGroup, input: PutMetricFilterRequest): void {
    const name = assertName(input.filterName, 'filterName', FILTER_NAME, LONGEST_FILTER_NAME);
    const pattern = input.filterPattern ?? '';
    assertPattern(pattern);
    const transformation = onlyTransformation(input.metricTransformations);
    if (!group.metricFilters.has(name) && group.metricFilters.size >= MOST_METRIC_FILTERS) {
      throw new AwsError('LimitExceededException', 'Resource limit exceeded.');
    }
    group.metricFilters.set(name, new MetricFilter(name, pattern, transformation, this.aws.clock.now()));
  }

  describeMetricFilters(
    groups: readonly LogGroup[],
    input: DescribeMetricFiltersRequest,
  ): DescribeMetricFiltersResponse {
    const prefix = input.filterNamePrefix ?? '';
    const views = groups.flatMap((group) =>
      [...group.metricFilters.values()].map((filter) => ({
        filterName: filter.filterName,
        filterPattern: filter.filterPattern,
        metricTransformations: [filter.transformation],
        creationTime: filter.createdMs,
        logGroupName: group.name,
        applyOnTransformedLogs: false,
      })),
    );
    return { metricFilters: views.filter((view) => view.filterName.startsWith(prefix)) };
  }

  deleteMetricFilter(group: LogGroup, filterName: string): void {
    if (!group.metricFilters.delete(filterName)) throw notFound('metric filter');
  }

  /** Refused like AWS refuses it when the function's own policy does not let this group's events in. */
  private async assertInvocable(group: LogGroup, destinationArn: string): Promise<void> {
    try {
      const dryRun = { FunctionName: destinationArn, InvocationType: 'DryRun' };
      await this.aws.call(deliverer(group.arn), 'lambda', 'Invoke', dryRun);
    } catch {
      throw invalidParameter(
        'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
      );
    }
  }

  private recordDelivery(logGroup: string, filterName: string, events: number, succeeded: boolean): void {
    this.record({
      namespace: 'AWS/Logs',
      metricName: succeeded ? 'ForwardedLogEvents' : 'DeliveryErrors',
      dimensions: { LogGroupName: logGroup, DestinationType: 'Lambda', FilterName: filterName },
      unit: 'None',
      timestampMs: this.aws.clock.now(),
      value: events,
    });
  }
}

function subscriptionSettings(input: PutSubscriptionFilterRequest): SubscriptionSettings {
  const filterName = assertName(input.filterName, 'filterName', FILTER_NAME, LONGEST_FILTER_NAME);
  const destinationArn = input.destinationArn ?? '';
  const [, , service, region, account] = destinationArn.split(':');
  if (service !== 'lambda') throw new NotImplemented('logs', `PutSubscriptionFilter to ${service || destinationArn}`);
  if (account !== ACCOUNT_ID || region !== REGION) {
    throw new AwsError('AccessDeniedException', 'Cross-account lambda invocation passing is not allowed.');
  }
  const filterPattern = input.filterPattern ?? '';
  assertPattern(filterPattern);
  return { filterName, filterPattern, destinationArn, distribution: input.distribution ?? 'ByLogStream' };
}

function assertPattern(pattern: string): void {
  if (pattern.length > LONGEST_PATTERN) {
    throw invalidParameter(
      `1 validation error detected: Value '${pattern}' at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to ${LONGEST_PATTERN}`,
    );
  }
  compilePattern(pattern);
}

function onlyTransformation(transformations: readonly MetricTransformation[] | undefined): MetricTransformation {
  const [transformation, second] = transformations ?? [];
  if (!transformation || second) {
    const bound = second ? 'less than or equal to 1' : 'greater than or equal to 1';
    throw invalidParameter(
      `1 validation error detected: Value at 'metricTransformations' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  assertName(transformation.metricName, 'metricTransformations.1.member.metricName', FILTER_NAME, LONGEST_METRIC_NAME);
  return transformation;
}
