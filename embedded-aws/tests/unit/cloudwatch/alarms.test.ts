import { AwsError } from '../../../kernel/aws-error.ts';
import { cloudWatch } from '../../support/observe/cloudwatch.ts';
import { START_MS } from '../../support/observe/virtual-aws.ts';

const MINUTE_MS = 60_000;
const NAME = 'tidegate-dev-throttles-basic';
const ARN = `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${NAME}`;
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:tidegate-dev-alarms';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:f';
const alarm = {
  AlarmName: NAME,
  Namespace: 'Tidegate',
  MetricName: 'ThrottleCount',
  Dimensions: [{ Name: 'Tier', Value: 'basic' }],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 21,
  ComparisonOperator: 'GreaterThanThreshold',
};

interface AlarmView {
  readonly AlarmName: string;
  readonly StateValue: string;
  readonly StateReason: string;
  readonly StateReasonData?: string;
}

interface HistoryItem {
  readonly HistoryItemType: string;
  readonly HistorySummary: string;
  readonly HistoryData: string;
}

async function setUp(more: object | undefined = {}) {
  const cloud = await cloudWatch();
  await cloud.call('PutMetricAlarm', { ...alarm, ...more });
  const describe = async (AlarmTypes: readonly string[] = ['MetricAlarm', 'CompositeAlarm']) => {
    const answer = await cloud.call<{ MetricAlarms: AlarmView[]; CompositeAlarms: AlarmView[] }>('DescribeAlarms', {
      AlarmTypes,
    });
    return [...answer.MetricAlarms, ...answer.CompositeAlarms];
  };
  const state = async (name = NAME) => (await describe()).find((each) => each.AlarmName === name);
  const history = async (HistoryItemType: string) => {
    const input = { AlarmName: NAME, HistoryItemType };
    return (await cloud.call<{ AlarmHistoryItems: HistoryItem[] }>('DescribeAlarmHistory', input)).AlarmHistoryItems;
  };
  const record = (value: number, minute: number, more: object = {}) =>
    cloud.service.record({
      namespace: 'Tidegate',
      metricName: 'ThrottleCount',
      dimensions: { Tier: 'basic' },
      timestampMs: START_MS + minute * MINUTE_MS,
      value,
      ...more,
    });
  const minutes = (count: number) => cloud.clock.runUntil(START_MS + count * MINUTE_MS);
  const set = (StateValue: string, AlarmName = NAME) =>
    cloud.call('SetAlarmState', { AlarmName, StateValue, StateReason: 'by hand' });
  return { ...cloud, describe, state, history, record, minutes, set };
}

describe('a metric alarm', () => {
  test('begins as recorded', async () => {
    const { describe } = await setUp();
    expect(await describe(['MetricAlarm'])).toEqual([
      {
        ...alarm,
        AlarmArn: ARN,
        AlarmConfigurationUpdatedTimestamp: new Date(START_MS),
        ActionsEnabled: true,
        OKActions: [],
        AlarmActions: [],
        InsufficientDataActions: [],
        StateValue: 'INSUFFICIENT_DATA',
        StateReason: 'Unchecked: Initial alarm creation',
        StateUpdatedTimestamp: new Date(START_MS),
        StateTransitionedTimestamp: new Date(START_MS),
      },
    ]);
  });

  test('tells why it fired, and why it recovered', async () => {
    const { state, record, minutes, history } = await setUp();
    record(21.5, 0);
    await minutes(2.5);
    const fired = await state();
    expect(fired).toMatchObject({
      StateValue: 'ALARM',
      StateReason: 'Threshold Crossed: 1 datapoint [21.5 (01/01/31 00:00:00)] was greater than the threshold (21.0).',
    });
    expect(JSON.parse(fired?.StateReasonData ?? '')).toEqual({
      version: '1.0',
      queryDate: expect.stringMatching(/^2031-01-01T00:01:\d\d\.\d{3}\+0000$/),
      startDate: '2031-01-01T00:00:00.000+0000',
      statistic: 'Sum',
      period: 60,
      recentDatapoints: [21.5],
      threshold: 21,
      evaluatedDatapoints: [{ timestamp: '2031-01-01T00:00:00.000+0000', sampleCount: 1, value: 21.5 }],
    });
    record(0, 3);
    await minutes(5.5);
    expect(await state()).toMatchObject({
      StateValue: 'OK',
      StateReason:
        'Threshold Crossed: 1 datapoint [0.0 (01/01/31 00:03:00)] was not greater than the threshold (21.0).',
    });
    const summaries = (await history('StateUpdate')).map((item) => item.HistorySummary);
    expect(summaries).toEqual(['Alarm updated from ALARM to OK', 'Alarm updated from INSUFFICIENT_DATA to ALARM']);
  });

  test.each([
    [
      { TreatMissingData: 'breaching' },
      'ALARM',
      'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].',
    ],
    [
      { TreatMissingData: 'notBreaching' },
      'OK',
      'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [NonBreaching].',
    ],
    [{ TreatMissingData: 'ignore' }, 'INSUFFICIENT_DATA', 'Unchecked: Initial alarm creation'],
  ])('without data, %j', async (more, StateValue, StateReason) => {
    const { state, minutes } = await setUp({ EvaluationPeriods: 2, ...more });
    await minutes(2);
    expect(await state()).toMatchObject({ StateValue, StateReason });
  });

  test('M out of N says how many it needed', async () => {
    const { state, record, minutes } = await setUp({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    [30, 0, 40].forEach((value, minute) => {
      record(value, minute);
    });
    await minutes(4.5);
    expect((await state())?.StateReason).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [40.0 (01/01/31 00:02:00), 30.0 (01/01/31 00:00:00)] were greater than the threshold (21.0) (minimum 2 datapoints for OK -> ALARM transition).',
    );
  });

  test('a metric that AWS publishes late does not look missing', async () => {
    const cloud = await setUp({ Namespace: 'AWS/ApiGateway', TreatMissingData: 'notBreaching' });
    for (let minute = 0; minute < 20; minute++) {
      await cloud.minutes(minute);
      cloud.record(30, minute, { namespace: 'AWS/ApiGateway' });
    }
    await cloud.minutes(20);
    const changes = (await cloud.history('StateUpdate')).map((item) => item.HistorySummary);
    // Nothing is readable at first; from the first datapoint on it stays in alarm.
    expect(changes).toEqual(['Alarm updated from OK to ALARM', 'Alarm updated from INSUFFICIENT_DATA to OK']);
  });

  test('with a period of ten seconds looks every ten seconds', async () => {
    const { state, record, clock } = await setUp({ Period: 10 });
    record(30, 0, { storageResolution: 1 });
    await clock.runUntil(START_MS + 21_000);
    expect(await state()).toMatchObject({ StateValue: 'ALARM' });
  });

  test('over a percentile of few values stays as it is', async () => {
    const percentile = { Statistic: undefined, ExtendedStatistic: 'p90', EvaluateLowSampleCountPercentile: 'ignore' };
    const { state, record, minutes } = await setUp({ ...percentile, TreatMissingData: 'ignore' });
    record(30, 0, { count: 99 });
    await minutes(2.5);
    expect(await state()).toMatchObject({ StateValue: 'INSUFFICIENT_DATA' });
    record(30, 3, { count: 100 });
    await minutes(5.5);
    expect(await state()).toMatchObject({ StateValue: 'ALARM' });
  });

  test('over metric math', async () => {
    const Metric = { Namespace: 'Tidegate', MetricName: 'ThrottleCount', Dimensions: alarm.Dimensions };
    const Metrics = [
      { Id: 'm1', MetricStat: { Metric, Period: 60, Stat: 'Sum' }, ReturnData: false },
      { Id: 'e1', Expression: 'FILL(m1, 0) * 10', Label: 'ten times' },
    ];
    const plain = {
      Namespace: undefined,
      MetricName: undefined,
      Dimensions: undefined,
      Statistic: undefined,
      Period: undefined,
    };
    const { state, record, minutes, events } = await setUp({ ...plain, Metrics });
    record(3, 1);
    await minutes(3.5);
    expect(await state()).toMatchObject({ StateValue: 'ALARM', Metrics });
    expect(events.at(-1)?.detail.configuration).toMatchObject({
      metrics: [
        { id: 'm1', returnData: false },
        { id: 'e1', expression: 'FILL(m1, 0) * 10', label: 'ten times' },
      ],
    });
  });

  test.each([
    [{ Period: 45 }, /Period must be/],
    [{ EvaluationPeriods: 1441 }, /Metrics cannot be checked across more than a day/],
    [{ DatapointsToAlarm: 2 }, /DatapointsToAlarm/],
    [{ ExtendedStatistic: 'p90' }, /Exactly one of Statistic and ExtendedStatistic/],
    [{ MetricName: undefined }, /MetricName/],
    [{ Threshold: undefined }, /Threshold/],
    [{ TreatMissingData: 'maybe' }, /TreatMissingData/],
  ])('is refused with %j', async (more, message) => {
    await expect(setUp(more)).rejects.toThrow(message);
  });
});

describe('a transition', () => {
  test('tells the event bus, once', async () => {
    const { events, set } = await setUp({ AlarmDescription: 'why' });
    await set('ALARM');
    await set('ALARM');
    expect(events).toEqual([
      {
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        resources: [ARN],
        detail: {
          alarmName: NAME,
          state: { value: 'ALARM', reason: 'by hand', timestamp: '2031-01-01T00:00:00.000+0000' },
          previousState: {
            value: 'INSUFFICIENT_DATA',
            reason: 'Unchecked: Initial alarm creation',
            timestamp: '2031-01-01T00:00:00.000+0000',
          },
          configuration: {
            description: 'why',
            metrics: [
              {
                id: expect.any(String),
                metricStat: {
                  metric: { namespace: 'Tidegate', name: 'ThrottleCount', dimensions: { Tier: 'basic' } },
                  period: 60,
                  stat: 'Sum',
                },
                returnData: true,
              },
            ],
          },
        },
      },
    ]);
  });

  test('notifies the topic of the new state as recorded', async () => {
    const { notifications, set, history } = await setUp({ Statistic: 'SampleCount', AlarmActions: [TOPIC] });
    await set('ALARM');
    await set('OK');
    expect(notifications).toHaveLength(1);
    expect(notifications[0]).toMatchObject({ TopicArn: TOPIC, Subject: `ALARM: "${NAME}" in US East (N. Virginia)` });
    expect(JSON.parse(notifications[0]?.Message ?? '')).toEqual({
      AlarmName: NAME,
      AlarmDescription: null,
      AWSAccountId: '123456789012',
      AlarmConfigurationUpdatedTimestamp: '2031-01-01T00:00:00.000+0000',
      NewStateValue: 'ALARM',
      NewStateReason: 'by hand',
      StateChangeTime: '2031-01-01T00:00:00.000+0000',
      Region: 'US East (N. Virginia)',
      AlarmArn: ARN,
      OldStateValue: 'INSUFFICIENT_DATA',
      OKActions: [],
      AlarmActions: [TOPIC],
      InsufficientDataActions: [],
      Trigger: {
        MetricName: 'ThrottleCount',
        Namespace: 'Tidegate',
        StatisticType: 'Statistic',
        Statistic: 'SAMPLE_COUNT',
        Unit: null,
        Dimensions: [{ value: 'basic', name: 'Tier' }],
        Period: 60,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 21,
        TreatMissingData: '',
        EvaluateLowSampleCountPercentile: '',
      },
      ActionExecutedAfterMuteWindow: false,
    });
    expect((await history('Action')).map((item) => item.HistorySummary)).toEqual([
      `Successfully executed action ${TOPIC}`,
    ]);
  });

  test('invokes a function as recorded', async () => {
    const { lambda, set } = await setUp({ AlarmActions: [FUNCTION] });
    await set('ALARM');
    expect(lambda.invocations).toMatchObject([
      {
        caller: { kind: 'service', principal: 'lambda.alarms.cloudwatch.amazonaws.com', sourceArn: ARN },
        functionName: FUNCTION,
        type: 'Event',
      },
    ]);
    expect(JSON.parse(lambda.invocations[0]?.payload ?? '')).toMatchObject({
      source: 'aws.cloudwatch',
      alarmArn: ARN,
      accountId: '123456789012',
      time: '2031-01-01T00:00:00.000+0000',
      region: 'us-east-1',
      alarmData: { alarmName: NAME, state: { value: 'ALARM' }, previousState: { value: 'INSUFFICIENT_DATA' } },
    });
  });

  test('writes a denied action into the history and goes on', async () => {
    const { aws, lambda, set, history } = await setUp({ AlarmActions: [TOPIC, FUNCTION] });
    aws.install({
      name: 'sns',
      operations: {
        Publish: () => {
          throw new AwsError('AuthorizationError', 'CloudWatch Alarms is not authorized to perform: SNS:Publish');
        },
      },
    });
    await set('ALARM');
    const [second, first] = await history('Action');
    expect(first?.HistorySummary).toBe(
      `Failed to execute action ${TOPIC}. Received error: "CloudWatch Alarms is not authorized to perform: SNS:Publish"`,
    );
    expect(JSON.parse(first?.HistoryData ?? '')).toMatchObject({ actionState: 'Failed', notificationResource: TOPIC });
    expect(second?.HistorySummary).toBe(`Successfully executed action ${FUNCTION}`);
    expect(lambda.invocations).toHaveLength(1);
  });

  test('with actions disabled only tells the bus', async () => {
    const { call, events, notifications, set } = await setUp({ AlarmActions: [TOPIC] });
    await call('DisableAlarmActions', { AlarmNames: [NAME] });
    await set('ALARM');
    await call('EnableAlarmActions', { AlarmNames: [NAME] });
    expect([events.length, notifications.length]).toEqual([1, 0]);
  });

  test('needs a state and an alarm that exist', async () => {
    const { set } = await setUp();
    await expect(set('INVALID')).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(
        /^1 validation error detected: Value 'INVALID' at 'stateValue'.*\[INSUFFICIENT_DATA, ALARM, OK\]$/,
      ),
    });
    await expect(set('OK', 'nope')).rejects.toMatchObject({ code: 'ResourceNotFound', status: 404, message: '' });
  });
});

describe('a composite alarm', () => {
  const other = 'other alarm';
  const composite = {
    AlarmName: 'both',
    AlarmRule: `ALARM("${NAME}") AND NOT (OK("${other}") OR FALSE)`,
    AlarmActions: [TOPIC],
  };

  test('follows its children', async () => {
    const { call, state, set, events, notifications, describe } = await setUp();
    await call('PutMetricAlarm', { ...alarm, AlarmName: other });
    await call('PutCompositeAlarm', composite);
    expect(await state('both')).toMatchObject({
      StateValue: 'OK',
      StateReason:
        'arn:aws:cloudwatch:us-east-1:123456789012:alarm:both was created and its alarm rule evaluates to OK',
    });
    await set('ALARM');
    const fired = await state('both');
    expect(fired).toMatchObject({
      StateValue: 'ALARM',
      StateReason: `${ARN} transitioned to ALARM at Wednesday 01 January, 2031 00:00:00 UTC`,
    });
    expect(JSON.parse(fired?.StateReasonData ?? '')).toEqual({
      triggeringAlarms: [{ arn: ARN, state: { value: 'ALARM', timestamp: '2031-01-01T00:00:00.000+0000' } }],
    });
    expect(events.at(-1)?.detail).toMatchObject({
      alarmName: 'both',
      configuration: { alarmRule: composite.AlarmRule },
    });
    expect(notifications).toHaveLength(1);
    await set('ALARM', other);
    expect(await state('both')).toEqual(fired);
    await set('OK', other);
    expect(await state('both')).toMatchObject({ StateValue: 'OK' });
    expect((await describe(['MetricAlarm'])).map((each) => each.AlarmName)).toEqual([other, NAME]);
  });

  test.each(['ALARM("nope")', 'ALARM(', 'MAYBE("x")', `ALARM("${NAME}") AND`, `(ALARM("${NAME}")`])(
    'is refused: %s',
    async (AlarmRule) => {
      const { call } = await setUp();
      await expect(call('PutCompositeAlarm', { AlarmName: 'c', AlarmRule })).rejects.toMatchObject({
        code: 'ValidationException',
      });
    },
  );
});

test('alarms are updated in place, tagged, and deleted', async () => {
  const { call, set, state, minutes, describe } = await setUp({ Tags: [{ Key: 'a', Value: '1' }] });
  await set('ALARM');
  await call('PutMetricAlarm', { ...alarm, Threshold: 5, TreatMissingData: 'ignore' });
  await minutes(5);
  expect(await state()).toMatchObject({ StateValue: 'ALARM', Threshold: 5, TreatMissingData: 'ignore' });
  await call('TagResource', { ResourceARN: ARN, Tags: [{ Key: 'b', Value: '2' }] });
  await call('UntagResource', { ResourceARN: ARN, TagKeys: ['a'] });
  expect(await call('ListTagsForResource', { ResourceARN: ARN })).toEqual({ Tags: [{ Key: 'b', Value: '2' }] });
  await call('DeleteAlarms', { AlarmNames: [NAME] });
  expect(await describe()).toEqual([]);
  await expect(call('DeleteAlarms', { AlarmNames: [NAME] })).rejects.toMatchObject({ code: 'ResourceNotFound' });
});

test('dashboards are kept as documents', async () => {
  const { call } = await setUp();
  expect(await call('PutDashboard', { DashboardName: 'd', DashboardBody: '{"widgets":[]}' })).toEqual({
    DashboardValidationMessages: [],
  });
  expect(await call('GetDashboard', { DashboardName: 'd' })).toMatchObject({ DashboardBody: '{"widgets":[]}' });
  expect(await call('ListDashboards', {})).toMatchObject({ DashboardEntries: [{ DashboardName: 'd', Size: 14 }] });
  await expect(call('PutDashboard', { DashboardName: 'd', DashboardBody: 'x' })).rejects.toMatchObject({
    code: 'DashboardInvalidInputError',
  });
  await call('DeleteDashboards', { DashboardNames: ['d'] });
  await expect(call('GetDashboard', { DashboardName: 'd' })).rejects.toMatchObject({ code: 'DashboardNotFoundError' });
});

test('permissions are on the alarm, the dashboard, or everything', async () => {
  const { service } = await setUp();
  expect(service.permission('PutMetricAlarm', alarm)).toEqual({
    action: 'cloudwatch:PutMetricAlarm',
    resources: [ARN],
  });
  expect(service.permission('GetDashboard', { DashboardName: 'd' }).resources).toEqual([
    'arn:aws:cloudwatch::123456789012:dashboard/d',
  ]);
  expect(service.permission('GetMetricData', {})).toEqual({ action: 'cloudwatch:GetMetricData', resources: ['*'] });
});
