import { type ComputeCloud, createComputeCloud, EPOCH_MS } from '../../support/compute/compute-cloud.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:';

let cloud: ComputeCloud;
beforeEach(async () => {
  cloud = await createComputeCloud();
  for (const QueueName of ['inbox', 'dead']) await cloud.call('sqs', 'CreateQueue', { QueueName });
});
afterEach(() => cloud.close());

const call = (operation: string, input: object = {}) => cloud.call('events', operation, input);
const putRule = (input: object) => call('PutRule', { Name: 'rule', ...input });
const target = (input: object = {}) =>
  call('PutTargets', { Rule: 'rule', Targets: [{ Id: 't', Arn: `${QUEUE}inbox`, ...input }] });
const put = (Detail: object, Source = 'shop') =>
  call('PutEvents', { Entries: [{ Source, DetailType: 'Order', Detail: JSON.stringify(Detail) }] });
const messages = async (queue: string) => {
  const input = { QueueUrl: queue, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  const { Messages = [] } = await cloud.call<{ Messages?: { Body: string; MessageAttributes?: object }[] }>(
    'sqs',
    'ReceiveMessage',
    input,
  );
  return Messages;
};
const bodies = async (queue = 'inbox') => (await messages(queue)).map(({ Body }) => JSON.parse(Body));

test('an event that fits is delivered 200 ms later, others are not', async () => {
  await putRule({ EventPattern: '{"source":["shop"]}' });
  await target();
  const { Entries } = await put({ order: 1 });
  await put({ order: 2 }, 'warehouse');
  await cloud.advance(199);
  expect(await bodies()).toEqual([]);
  await cloud.advance(1);
  const [{ EventId: id } = {}] = Entries as { EventId?: string }[];
  expect(await bodies()).toEqual([
    {
      version: '0',
      id,
      'detail-type': 'Order',
      source: 'shop',
      account: '123456789012',
      time: '2031-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: [],
      detail: { order: 1 },
    },
  ]);
});

test('events of services are delivered alike', async () => {
  await putRule({ EventPattern: '{"source":["aws.ssm"],"detail":{"name":[{"prefix":"/tidegate/dev/"}]}}' });
  await target();
  cloud.events.publish({
    source: 'aws.ssm',
    'detail-type': 'Parameter Store Change',
    resources: ['arn'],
    detail: { name: '/tidegate/dev/switch' },
  });
  await cloud.advance(200);
  expect(await bodies()).toMatchObject([{ source: 'aws.ssm', resources: ['arn'] }]);
});

test('a schedule fires once a minute, at a second of its own, until it is disabled', async () => {
  await putRule({ ScheduleExpression: 'rate(1 minute)' });
  await target();
  await cloud.advance(180_000 + 200);
  const events = await bodies();
  expect(events).toHaveLength(3);
  expect(events[0]).toMatchObject({
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    resources: ['arn:aws:events:us-east-1:123456789012:rule/rule'],
    detail: {},
  });
  const offsets = events.map(({ time }) => (Date.parse(time) - EPOCH_MS) % 60_000);
  expect(new Set(offsets).size).toBe(1);
  await call('DisableRule', { Name: 'rule' });
  await cloud.advance(180_000);
  expect(await call('DescribeRule', { Name: 'rule' })).toMatchObject({ State: 'DISABLED', CreatedBy: '123456789012' });
  expect(await bodies()).toHaveLength(3);
});

test('a cron schedule fires in its minute', async () => {
  await putRule({ ScheduleExpression: 'cron(30 1 * * ? *)' });
  await target({ Input: '{"wake":true}' });
  await cloud.advance(2 * 3_600_000);
  expect(await bodies()).toEqual([{ wake: true }]);
});

test('a delivery that is not permitted goes to the dead-letter queue at once', async () => {
  await putRule({ EventPattern: '{"source":["shop"]}' });
  await target({ Arn: 'arn:aws:lambda:us-east-1:123456789012:function:f', DeadLetterConfig: { Arn: `${QUEUE}dead` } });
  cloud.denied.add('lambda:InvokeFunction');
  await put({ order: 1 });
  await cloud.advance(200);
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  expect(await messages('dead')).toMatchObject([
    {
      MessageAttributes: {
        ERROR_CODE: text('NO_PERMISSIONS'),
        RULE_ARN: text('arn:aws:events:us-east-1:123456789012:rule/rule'),
        TARGET_ARN: text('arn:aws:lambda:us-east-1:123456789012:function:f'),
      },
    },
  ]);
});

test('other failures are tried again as the policy says, then go to the dead-letter queue', async () => {
  let attempts = 0;
  cloud.aws.setInterceptor((service, operation, _input, run) => {
    if (service !== 'sns' || operation !== 'Publish') return run();
    attempts++;
    return Promise.reject(Object.assign(new Error('busy'), { name: 'ThrottlingException' }));
  });
  await putRule({ EventPattern: '{"source":["shop"]}' });
  await target({
    Arn: 'arn:aws:sns:us-east-1:123456789012:t',
    RetryPolicy: { MaximumRetryAttempts: 3 },
    DeadLetterConfig: { Arn: `${QUEUE}dead` },
  });
  await put({});
  await cloud.advance(60_000);
  expect(attempts).toBe(4);
  expect(await messages('dead')).toMatchObject([
    {
      MessageAttributes: {
        EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
        RETRY_ATTEMPTS: { StringValue: '3' },
      },
    },
  ]);
});

test('a rule is put again with its targets kept, and deleted only without them', async () => {
  await putRule({ EventPattern: '{"source":["shop"]}' });
  await target();
  await putRule({ EventPattern: '{"source":["other"]}' });
  expect(await call('ListTargetsByRule', { Rule: 'rule' })).toMatchObject({ Targets: [{ Id: 't' }] });
  await expect(call('DeleteRule', { Name: 'rule' })).rejects.toMatchObject({
    message: "Rule can't be deleted since it has targets.",
  });
  await call('RemoveTargets', { Rule: 'rule', Ids: ['t'] });
  await call('DeleteRule', { Name: 'rule' });
  await expect(call('DescribeRule', { Name: 'rule' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Rule rule does not exist on EventBus default.',
  });
});

test.each([
  [
    'two inputs',
    { Input: '{}', InputPath: '$.detail' },
    'Only one of Input, InputPath, or InputTransformer must be provided for target t.',
  ],
  [
    'an undeclared placeholder',
    { InputTransformer: { InputTemplate: '{"a": <a>}' } },
    'InputTemplate for target t contains invalid placeholder a.',
  ],
])('refuses a target with %s', async (_title, input, message) => {
  await putRule({ EventPattern: '{"source":["shop"]}' });
  await expect(target(input)).rejects.toMatchObject({ name: 'ValidationException', message });
});

test('a rule has at most five targets', async () => {
  await putRule({ EventPattern: '{"source":["shop"]}' });
  const Targets = [1, 2, 3, 4, 5, 6].map((n) => ({ Id: `t${n}`, Arn: `${QUEUE}inbox` }));
  await expect(call('PutTargets', { Rule: 'rule', Targets })).rejects.toMatchObject({
    name: 'LimitExceededException',
    message: 'The requested resource exceeds the maximum number allowed.',
  });
});

test.each([
  ['a bad schedule', { ScheduleExpression: 'rate(10 seconds)' }, 'Parameter ScheduleExpression is not valid.'],
  ['neither pattern nor schedule', {}, 'Parameter(s) EventPattern or ScheduleExpression must be specified.'],
])('refuses a rule with %s', async (_title, input, message) => {
  await expect(putRule(input)).rejects.toMatchObject({ message });
});

test('a bad entry fails alone, and an unknown bus takes and drops', async () => {
  const good = { Source: 'shop', DetailType: 'Order', Detail: '{}' };
  const { Source: _, ...withoutSource } = good;
  const Entries = [good, withoutSource, { ...good, Detail: '[' }, { ...good, EventBusName: 'nowhere' }];
  expect(await call('PutEvents', { Entries })).toEqual({
    FailedEntryCount: 2,
    Entries: [
      { EventId: expect.any(String) },
      {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: 'Parameter Source is not valid. Reason: Source is a required argument.',
      },
      { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
      { EventId: expect.any(String) },
    ],
  });
  await expect(call('PutEvents', { Entries: Array(11).fill(good) })).rejects.toMatchObject({
    name: 'ValidationException',
  });
});
