import { DEVELOPER } from '../../../kernel/aws.ts';
import { KmsService } from '../../../services/kms/kms-service.ts';
import type { LogMetricSample } from '../../../services/logs/filters/metric-filter.ts';
import { LogsService } from '../../../services/logs/logs-service.ts';
import { fakeLambda, logBatch } from '../../support/observe/fake-lambda.ts';
import { START_MS, virtualAws } from '../../support/observe/virtual-aws.ts';

const GROUP = '/aws/api-gateway/tidegate-dev';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:tidegate-dev-telemetry';
const group = { logGroupName: GROUP };
const stream = { ...group, logStreamName: 's' };
const subscription = { ...group, filterName: 'f', filterPattern: '', destinationArn: FUNCTION };
const transformation = { metricName: 'm', metricNamespace: 'N', metricValue: '1' };
const metricFilter = { ...group, filterName: 'f', filterPattern: 'ERROR', metricTransformations: [transformation] };
const HOUR_MS = 3_600_000;

async function setUp() {
  const { aws, clock } = await virtualAws();
  const lambda = fakeLambda(aws);
  const emf: string[] = [];
  const samples: LogMetricSample[] = [];
  const logs = new LogsService(aws, {
    ingestEmf: (message) => void emf.push(message),
    record: (sample) => void samples.push(sample),
  });
  aws.install(logs);
  aws.install(new KmsService(aws));
  const call = <Output = Record<string, unknown>>(operation: string, input: object) =>
    aws.call<Output>(DEVELOPER, 'logs', operation, input);
  await call('CreateLogGroup', group);
  await call('CreateLogStream', stream);
  const line = (message: string, timestamp = clock.now()) => ({ timestamp, message });
  return { aws, clock, lambda, emf, samples, logs, call, line };
}

type Events = {
  events: { message: string }[];
  nextToken?: string;
  nextForwardToken: string;
  nextBackwardToken: string;
};
const messages = (answer: Events) => answer.events.map((event) => event.message);

describe('groups and streams', () => {
  test('describes a group as AWS does', async () => {
    const { aws, call } = await setUp();
    await call('PutRetentionPolicy', { ...group, retentionInDays: 14 });
    const { KeyMetadata } = await aws.call<{ KeyMetadata: { Arn: string } }>(DEVELOPER, 'kms', 'CreateKey', {});
    await call('AssociateKmsKey', { ...group, kmsKeyId: KeyMetadata.Arn });
    const { logGroups } = await call<{ logGroups: object[] }>('DescribeLogGroups', { logGroupNamePrefix: '/aws/api' });
    const arn = `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}`;
    expect(logGroups).toEqual([
      {
        logGroupName: GROUP,
        creationTime: START_MS,
        retentionInDays: 14,
        metricFilterCount: 0,
        arn: `${arn}:*`,
        storedBytes: 0,
        kmsKeyId: KeyMetadata.Arn,
        logGroupClass: 'STANDARD',
        logGroupArn: arn,
      },
    ]);
    await call('TagResource', { resourceArn: arn, tags: { a: '1', b: '2' } });
    await call('UntagResource', { resourceArn: arn, tagKeys: ['b'] });
    expect(await call('ListTagsForResource', { resourceArn: arn })).toEqual({ tags: { a: '1' } });
  });

  test.each([
    ['CreateLogGroup', group, 'ResourceAlreadyExistsException', /^The specified log group already exists$/],
    ['CreateLogStream', stream, 'ResourceAlreadyExistsException', /^The specified log stream already exists$/],
    ['CreateLogGroup', { logGroupName: 'a b' }, 'InvalidParameterException', /at 'logGroupName'.*regular expression/],
    ['DeleteLogGroup', { logGroupName: 'x' }, 'ResourceNotFoundException', /^The specified log group does not exist.$/],
    ['PutRetentionPolicy', { ...group, retentionInDays: 2 }, 'InvalidParameterException', /enum value set: \[1, 3, 5/],
    ['GetLogEvents', { ...group, logStreamName: 'x' }, 'ResourceNotFoundException', /log stream does not exist/],
    [
      'DescribeLogStreams',
      { ...group, orderBy: 'LastEventTime', logStreamNamePrefix: 's' },
      'InvalidParameterException',
      /order by/,
    ],
    [
      'DeleteSubscriptionFilter',
      { ...group, filterName: 'x' },
      'ResourceNotFoundException',
      /^The specified subscription filter does not exist.$/,
    ],
    ['DeleteMetricFilter', { ...group, filterName: 'x' }, 'ResourceNotFoundException', /metric filter does not exist/],
    [
      'PutMetricFilter',
      { ...metricFilter, metricTransformations: [transformation, transformation] },
      'InvalidParameterException',
      /Member must have length less than or equal to 1$/,
    ],
    [
      'PutMetricFilter',
      { ...metricFilter, filterName: 'x'.repeat(513) },
      'InvalidParameterException',
      /less than or equal to 512/,
    ],
    [
      'PutMetricFilter',
      { ...metricFilter, filterPattern: 'x'.repeat(1025) },
      'InvalidParameterException',
      /less than or equal to 1024/,
    ],
    [
      'PutSubscriptionFilter',
      { ...subscription, destinationArn: FUNCTION.replace('1234', '9999') },
      'AccessDeniedException',
      /^Cross-account lambda invocation passing is not allowed\./,
    ],
    [
      'PutSubscriptionFilter',
      { ...subscription, destinationArn: 'arn:aws:kinesis:us-east-1:1:x' },
      'NotImplemented',
      /kinesis/,
    ],
  ])('%s fails, case %#', async (operation, input, code, message) => {
    const { call } = await setUp();
    await expect(call(operation, input)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('a deleted group takes its events along; appending to it is no error', async () => {
    const { call, logs, line } = await setUp();
    await call('DeleteLogGroup', group);
    logs.append(GROUP, 's', [line('lost')]);
    expect(await call('DescribeLogGroups', {})).toEqual({ logGroups: [] });
  });
});

describe('writing and reading', () => {
  test('refuses disorder, and leaves out what is too old or too new', async () => {
    const { call, clock, line } = await setUp();
    const now = clock.now();
    await expect(
      call('PutLogEvents', { ...stream, logEvents: [line('b', now), line('a', now - 1)] }),
    ).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Log events in a single PutLogEvents request must be in chronological order.',
    });
    const old = await call('PutLogEvents', { ...stream, logEvents: [line('old', now - 15 * 24 * HOUR_MS)] });
    expect(old).toMatchObject({ rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 } });
    const ahead = await call('PutLogEvents', { ...stream, logEvents: [line('now'), line('ahead', now + 3 * HOUR_MS)] });
    expect(ahead).toMatchObject({ rejectedLogEventsInfo: { tooNewLogEventStartIndex: 1 } });
    expect(messages(await call<Events>('GetLogEvents', stream))).toEqual(['now']);
  });

  test('tokens lead on and back', async () => {
    const { call, logs, line } = await setUp();
    logs.append(
      GROUP,
      's',
      ['1', '2', '3', '4', '5'].map((text) => line(text)),
    );
    const first = await call<Events>('GetLogEvents', { ...stream, startFromHead: true, limit: 2 });
    const second = await call<Events>('GetLogEvents', { ...stream, limit: 2, nextToken: first.nextForwardToken });
    const back = await call<Events>('GetLogEvents', { ...stream, limit: 2, nextToken: second.nextBackwardToken });
    expect([first, second, back].map(messages)).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['1', '2'],
    ]);
    const last = await call<Events>('GetLogEvents', { ...stream, limit: 2 });
    expect(messages(last)).toEqual(['4', '5']);
    const end = await call<Events>('GetLogEvents', { ...stream, nextToken: last.nextForwardToken });
    expect(end).toMatchObject({ events: [], nextForwardToken: last.nextForwardToken });
  });

  test('filters by stream, time and pattern, page by page', async () => {
    const { call, logs, line } = await setUp();
    logs.append(GROUP, 's', [line('ERROR 1', START_MS), line('fine', START_MS + 1), line('ERROR 2', START_MS + 5)]);
    logs.append(GROUP, 't', [line('ERROR 3', START_MS + 2)]);
    const filter = { ...group, filterPattern: 'ERROR', interleaved: true, startTime: START_MS };
    const first = await call<Events>('FilterLogEvents', { ...filter, limit: 2 });
    expect(messages(first)).toEqual(['ERROR 1', 'ERROR 3']);
    expect(messages(await call<Events>('FilterLogEvents', { ...filter, nextToken: first.nextToken }))).toEqual([
      'ERROR 2',
    ]);
    expect(messages(await call<Events>('FilterLogEvents', { ...filter, logStreamNames: ['t'] }))).toEqual(['ERROR 3']);
    expect(messages(await call<Events>('FilterLogEvents', { ...filter, endTime: START_MS + 2 }))).toHaveLength(2);
  });

  test('the stream with the latest event first, as `sls logs` asks', async () => {
    const { call, logs, line } = await setUp();
    logs.append(GROUP, 'z', [line('a', START_MS)]);
    logs.append(GROUP, 's', [line('b', START_MS + 1)]);
    const input = { ...group, descending: true, limit: 50, orderBy: 'LastEventTime' };
    const { logStreams } = await call<{ logStreams: { logStreamName: string }[] }>('DescribeLogStreams', input);
    expect(logStreams.map(({ logStreamName }) => logStreamName)).toEqual(['s', 'z']);
  });

  test('keeps a bounded tail', async () => {
    const { call, logs, line } = await setUp();
    for (let batch = 0; batch < 30; batch++) {
      logs.append(
        GROUP,
        's',
        Array.from({ length: 1_000 }, (_, index) => line(`${batch * 1_000 + index}`)),
      );
    }
    const all = await call<Events>('GetLogEvents', { ...stream, startFromHead: true });
    expect(all.events).toHaveLength(10_000);
    expect(all.events.at(-1)?.message).toBe('29999');
  });
});

describe('metrics from logs', () => {
  test('only lines of functions with _aws are read as embedded metrics', async () => {
    const { call, logs, emf, line } = await setUp();
    await call('CreateLogGroup', { logGroupName: '/aws/lambda/tidegate-dev-control' });
    logs.append('/aws/lambda/tidegate-dev-control', 's', [line('START'), line('{"_aws":{}}')]);
    logs.append(GROUP, 's', [line('{"_aws":{}}')]);
    expect(emf).toEqual(['{"_aws":{}}']);
  });

  test('metric filters turn matching lines into values', async () => {
    const { call, logs, samples, line } = await setUp();
    const metricTransformations = [
      { ...transformation, metricValue: '$.latency', dimensions: { Tier: '$.tier' }, unit: 'Milliseconds' },
    ];
    await call('PutMetricFilter', { ...metricFilter, filterPattern: '{ $.status = 429 }', metricTransformations });
    logs.append(GROUP, 's', [
      line('{"status":"429","latency":"7","tier":"basic"}'),
      line('{"status":"200","latency":"9","tier":"basic"}'),
      line('{"status":"429","latency":"-","tier":"basic"}'),
      line('{"status":"429","latency":"8"}'),
    ]);
    expect(samples).toEqual([
      {
        namespace: 'N',
        metricName: 'm',
        dimensions: { Tier: 'basic' },
        unit: 'Milliseconds',
        timestampMs: START_MS,
        value: 7,
      },
    ]);
    const described = await call('DescribeMetricFilters', group);
    expect(described).toMatchObject({
      metricFilters: [{ filterName: 'f', logGroupName: GROUP, metricTransformations }],
    });
  });
});

describe('subscription filters', () => {
  test('deliver a batch of matching lines, late, as CloudWatch Logs writes them', async () => {
    const { call, clock, logs, lambda, line, samples } = await setUp();
    await call('PutSubscriptionFilter', { ...subscription, filterPattern: 'keep' });
    logs.append(GROUP, 's', [line('keep 1'), line('drop'), line('keep 2')]);
    await clock.runUntil(START_MS + 1_000);
    expect(lambda.invocations).toHaveLength(0);
    await clock.runUntil(START_MS + 600_000);
    const [invocation] = lambda.invocations;
    if (!invocation || lambda.invocations.length !== 1) throw new Error('One delivery was expected.');
    expect(invocation).toMatchObject({
      functionName: FUNCTION,
      type: 'Event',
      caller: {
        kind: 'service',
        principal: 'logs.us-east-1.amazonaws.com',
        sourceArn: `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}:*`,
      },
    });
    expect(logBatch(invocation)).toEqual({
      messageType: 'DATA_MESSAGE',
      owner: '123456789012',
      logGroup: GROUP,
      logStream: 's',
      subscriptionFilters: ['f'],
      logEvents: [
        { id: expect.stringMatching(/^\d{56}$/), timestamp: START_MS, message: 'keep 1' },
        { id: expect.stringMatching(/^\d{56}$/), timestamp: START_MS, message: 'keep 2' },
      ],
    });
    expect(samples).toMatchObject([{ namespace: 'AWS/Logs', metricName: 'ForwardedLogEvents', value: 2 }]);
  });

  test('need a function that lets them in', async () => {
    const { call, lambda } = await setUp();
    lambda.refuse = true;
    await expect(call('PutSubscriptionFilter', subscription)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message:
        'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
    });
  });

  test('are at most two; the same name again changes the filter', async () => {
    const { call } = await setUp();
    await call('PutSubscriptionFilter', subscription);
    await call('PutSubscriptionFilter', { ...subscription, filterName: 'g' });
    await call('PutSubscriptionFilter', { ...subscription, filterPattern: 'changed' });
    await expect(call('PutSubscriptionFilter', { ...subscription, filterName: 'h' })).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'Resource limit exceeded.',
    });
    const { subscriptionFilters } = await call<{ subscriptionFilters: object[] }>('DescribeSubscriptionFilters', group);
    const common = {
      logGroupName: GROUP,
      destinationArn: FUNCTION,
      distribution: 'ByLogStream',
      applyOnTransformedLogs: false,
    };
    expect(subscriptionFilters).toEqual([
      { ...common, filterName: 'f', filterPattern: 'changed', creationTime: START_MS },
      { ...common, filterName: 'g', filterPattern: '', creationTime: START_MS },
    ]);
  });

  test('deliver nothing once deleted, and count what Lambda refuses', async () => {
    const { call, clock, logs, lambda, line, samples } = await setUp();
    await call('PutSubscriptionFilter', subscription);
    lambda.refuse = true;
    logs.append(GROUP, 's', [line('a')]);
    await clock.runUntil(START_MS + 600_000);
    expect(samples).toMatchObject([{ metricName: 'DeliveryErrors', value: 1 }]);
    lambda.refuse = false;
    logs.append(GROUP, 's', [line('b')]);
    await call('DeleteSubscriptionFilter', { ...group, filterName: 'f' });
    await clock.runUntil(START_MS + 1_200_000);
    expect(lambda.invocations).toHaveLength(0);
  });

  test('cut what Lambda could not take', async () => {
    const { aws, call, clock, logs, lambda, line } = await setUp();
    await call('PutSubscriptionFilter', subscription);
    const random = aws.random('noise');
    const noise = () => Array.from({ length: 100 }, () => random().toString(36).slice(2)).join('');
    logs.append(
      GROUP,
      's',
      Array.from({ length: 600 }, () => line(noise())),
    );
    await clock.runUntil(START_MS + 600_000);
    expect(lambda.invocations.length).toBeGreaterThan(1);
    expect(Math.max(...lambda.invocations.map(({ payload }) => payload.length))).toBeLessThanOrEqual(256 * 1024);
    expect(lambda.invocations.flatMap((invocation) => logBatch(invocation).logEvents)).toHaveLength(600);
  });
});

test('permissions name the group, or the stream in it', async () => {
  const { logs } = await setUp();
  const arn = `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}:log-stream:`;
  expect(logs.permission('PutLogEvents', stream)).toEqual({ action: 'logs:PutLogEvents', resources: [`${arn}s`] });
  expect(logs.permission('FilterLogEvents', group)).toEqual({ action: 'logs:FilterLogEvents', resources: [arn] });
});
