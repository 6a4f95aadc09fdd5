import type {
  DeleteAlarmsInput,
  DeleteDashboardsInput,
  DescribeAlarmHistoryInput,
  DescribeAlarmsInput,
  DisableAlarmActionsInput,
  EnableAlarmActionsInput,
  GetDashboardInput,
  GetMetricDataInput,
  GetMetricStatisticsInput,
  ListDashboardsInput,
  ListMetricsInput,
  ListTagsForResourceInput,
  PutCompositeAlarmInput,
  PutDashboardInput,
  PutMetricAlarmInput,
  PutMetricDataInput,
  SetAlarmStateInput,
  TagResourceInput,
  UntagResourceInput,
} from '@aws-sdk/client-cloudwatch';
import type { EmbeddedAws, Operation, Permission, Service } from '../../kernel/aws.ts';
import { alarmArn } from './alarms/alarm.ts';
import {
  deleteAlarms,
  describeAlarmHistory,
  describeAlarms,
  enableActions,
  listTags,
  tagResource,
  untagResource,
} from './alarms/alarm-operations.ts';
import { type AlarmEvents, Alarms } from './alarms/alarms.ts';
import { Dashboards, dashboardArn } from './dashboards.ts';
import { parseEmf } from './metrics/emf-lines.ts';
import { getMetricData, getMetricStatistics, listMetrics } from './metrics/metric-reading.ts';
import { type MetricSample, MetricStore } from './metrics/metric-store.ts';
import { putMetricData } from './metrics/metric-writing.ts';

const CONDENSE_EVERY_MS = 600_000;

/** CloudWatch: metrics that appear as late as in reality, alarms, and dashboards as documents. */
export class CloudWatchService implements Service {
  readonly name = 'monitoring';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly aws: EmbeddedAws;
  private readonly store: MetricStore;
  private readonly alarms: Alarms;
  private readonly dashboards: Dashboards;
  private malformedEmf = 0;

  constructor(aws: EmbeddedAws, events: AlarmEvents) {
    this.aws = aws;
    this.store = new MetricStore(aws.clock, (minute) => aws.random(`cloudwatch.publication/${minute}`));
    this.alarms = new Alarms(aws, this.store, events);
    this.dashboards = new Dashboards(aws.clock);
    this.operations = { ...this.metricOperations(), ...this.alarmOperations(), ...this.dashboardOperations() };
    aws.clock.every(CONDENSE_EVERY_MS, 0, () => this.store.condense());
  }

  permission(operation: string, input: unknown): Permission {
    return { action: `cloudwatch:${operation}`, resources: resourcesOf(input as ResourceNames) };
  }

  /** Takes a value of a metric from inside the embedded AWS. Names that start with `AWS/` are published late. */
  record(sample: MetricSample): void {
    this.store.record(sample);
  }

  /** Takes a log line in the Embedded Metric Format. One that breaks the format yields nothing and is counted. */
  ingestEmf(message: string): void {
    const samples = parseEmf(message);
    if (!samples) this.malformedEmf++;
    else for (const sample of samples) this.store.record(sample);
  }

  /** How many lines with `_aws` broke the Embedded Metric Format. */
  get malformedEmfCount(): number {
    return this.malformedEmf;
  }

  private metricOperations(): Record<string, Operation> {
    const { store, aws } = this;
    return {
      PutMetricData: (input: PutMetricDataInput) => done(putMetricData(store, input, aws.clock.now())),
      GetMetricData: (input: GetMetricDataInput) => getMetricData(store, input),
      GetMetricStatistics: (input: GetMetricStatisticsInput) => getMetricStatistics(store, input),
      ListMetrics: (input: ListMetricsInput) => listMetrics(store, input, aws.clock),
    };
  }

  private alarmOperations(): Record<string, Operation> {
    const { alarms } = this;
    return {
      PutMetricAlarm: (input: PutMetricAlarmInput) => done(alarms.putMetric(input)),
      PutCompositeAlarm: (input: PutCompositeAlarmInput) => done(alarms.putComposite(input)),
      DescribeAlarms: (input: DescribeAlarmsInput) => describeAlarms(alarms, input),
      DescribeAlarmHistory: (input: DescribeAlarmHistoryInput) => describeAlarmHistory(alarms, input),
      DeleteAlarms: (input: DeleteAlarmsInput) => done(deleteAlarms(alarms, input.AlarmNames)),
      SetAlarmState: async (input: SetAlarmStateInput) => done(await alarms.setState(input)),
      EnableAlarmActions: (input: EnableAlarmActionsInput) => done(enableActions(alarms, input.AlarmNames, true)),
      DisableAlarmActions: (input: DisableAlarmActionsInput) => done(enableActions(alarms, input.AlarmNames, false)),
      ListTagsForResource: (input: ListTagsForResourceInput) => listTags(alarms, input),
      TagResource: (input: TagResourceInput) => done(tagResource(alarms, input)),
      UntagResource: (input: UntagResourceInput) => done(untagResource(alarms, input)),
    };
  }

  private dashboardOperations(): Record<string, Operation> {
    const { dashboards } = this;
    return {
      PutDashboard: (input: PutDashboardInput) => dashboards.put(input),
      GetDashboard: (input: GetDashboardInput) => dashboards.get(input),
      ListDashboards: (input: ListDashboardsInput) => dashboards.list(input),
      DeleteDashboards: (input: DeleteDashboardsInput) => done(dashboards.delete(input)),
    };
  }
}

interface ResourceNames {
  readonly AlarmName?: string;
  readonly AlarmNames?: readonly string[];
  readonly DashboardName?: string;
  readonly DashboardNames?: readonly string[];
  readonly ResourceARN?: string;
}

/** Alarms and dashboards have ARNs; metrics have none, their permissions are on `*`. */
function resourcesOf(input: ResourceNames): readonly string[] {
  const alarms = [...(input.AlarmNames ?? []), ...(input.AlarmName ? [input.AlarmName] : [])];
  const dashboards = [...(input.DashboardNames ?? []), ...(input.DashboardName ? [input.DashboardName] : [])];
  const arns = [
    ...alarms.map(alarmArn),
    ...dashboards.map(dashboardArn),
    ...(input.ResourceARN ? [input.ResourceARN] : []),
  ];
  return arns.length > 0 ? arns : ['*'];
}

const done = (_nothing: unknown): Record<string, never> => ({});
