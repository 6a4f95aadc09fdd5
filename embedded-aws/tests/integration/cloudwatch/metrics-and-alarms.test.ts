import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  InvalidParameterCombinationException,
  ListMetricsCommand,
  PutCompositeAlarmCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  ResourceNotFound,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';
import { START_MS } from '../../support/observe/virtual-aws.ts';

const Dimensions = [{ Name: 'Tier', Value: 'basic' }];
const range = { StartTime: new Date(START_MS), EndTime: new Date(START_MS + 60_000) };

let cloud: Cloud;
let client: CloudWatchClient;

beforeEach(async () => {
  ({ cloud } = await startCloud());
  await cloud.clock.goVirtual(0, START_MS);
  client = new CloudWatchClient(clientOptions(cloud));
  const datum = { MetricName: 'BackendLatency', Dimensions, Unit: 'Milliseconds' as const };
  const MetricData = [{ ...datum, Values: [100, 200, 300], Counts: [8, 1, 1] }];
  await client.send(new PutMetricDataCommand({ Namespace: 'Tidegate', MetricData }));
  await cloud.clock.runUntil(START_MS + 10_000);
});
afterEach(async () => {
  client.destroy();
  await cloud.close();
});

test('metrics come back with percentiles and math', async () => {
  const Metric = { Namespace: 'Tidegate', MetricName: 'BackendLatency', Dimensions };
  const MetricDataQueries = [
    { Id: 'p90', MetricStat: { Metric, Period: 60, Stat: 'p90' } },
    { Id: 'sum', MetricStat: { Metric, Period: 60, Stat: 'Sum' }, ReturnData: false },
    { Id: 'half', Expression: 'sum / 2', Label: 'half of it' },
  ];
  const { MetricDataResults = [] } = await client.send(new GetMetricDataCommand({ ...range, MetricDataQueries }));
  expect(MetricDataResults).toMatchObject([
    { Id: 'p90', Label: 'BackendLatency p90', StatusCode: 'Complete', Timestamps: [new Date(START_MS)] },
    { Id: 'half', Label: 'half of it', Values: [650] },
  ]);
  const p90 = MetricDataResults[0]?.Values?.[0] ?? 0;
  expect(Math.abs(p90 - 200)).toBeLessThanOrEqual(2);
  const statistics = { ...range, ...Metric, Period: 60, Statistics: ['Average' as const] };
  const { Datapoints } = await client.send(new GetMetricStatisticsCommand(statistics));
  expect(Datapoints).toEqual([{ Timestamp: new Date(START_MS), Unit: 'Milliseconds', Average: 130 }]);
  const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: 'Tidegate' }));
  expect(Metrics).toEqual([{ Namespace: 'Tidegate', MetricName: 'BackendLatency', Dimensions }]);
});

test('alarms fire, tell why, and carry composites along', async () => {
  const alarm = {
    AlarmName: 'latency',
    Namespace: 'Tidegate',
    MetricName: 'BackendLatency',
    Dimensions,
    ExtendedStatistic: 'p90',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 150,
    ComparisonOperator: 'GreaterThanThreshold' as const,
  };
  await client.send(new PutMetricAlarmCommand(alarm));
  await client.send(new PutCompositeAlarmCommand({ AlarmName: 'any', AlarmRule: 'ALARM(latency)' }));
  await cloud.clock.runUntil(START_MS + 130_000);
  const AlarmTypes = ['MetricAlarm' as const, 'CompositeAlarm' as const];
  const { MetricAlarms, CompositeAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmTypes }));
  expect(MetricAlarms).toMatchObject([{ AlarmName: 'latency', StateValue: 'ALARM', Threshold: 150 }]);
  expect(MetricAlarms?.[0]?.StateReason).toMatch(
    /^Threshold Crossed: 1 datapoint \[.* \(01\/01\/31 00:00:00\)\] was greater/,
  );
  expect(CompositeAlarms).toMatchObject([{ AlarmName: 'any', StateValue: 'ALARM' }]);
  const history = await client.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'latency', HistoryItemType: 'StateUpdate' }),
  );
  expect(history.AlarmHistoryItems).toMatchObject([
    { HistorySummary: 'Alarm updated from INSUFFICIENT_DATA to ALARM' },
  ]);
});

test('a dashboard comes back as it was', async () => {
  const DashboardBody = '{"widgets":[]}';
  await client.send(new PutDashboardCommand({ DashboardName: 'tidegate-dev', DashboardBody }));
  expect(await client.send(new GetDashboardCommand({ DashboardName: 'tidegate-dev' }))).toMatchObject({
    DashboardBody,
  });
});

test('errors arrive as the classes of the SDK', async () => {
  const MetricData = [{ MetricName: 'm', Value: 1, Values: [1] }];
  const both = client.send(new PutMetricDataCommand({ Namespace: 'N', MetricData }));
  await expect(both).rejects.toBeInstanceOf(InvalidParameterCombinationException);
  const unknown = { AlarmName: 'none', StateValue: 'OK' as const, StateReason: 'x' };
  await expect(client.send(new SetAlarmStateCommand(unknown))).rejects.toBeInstanceOf(ResourceNotFound);
});
