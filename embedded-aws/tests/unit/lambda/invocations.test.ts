import { type ComputeCloud, createComputeCloud, ROLE_ARN } from '../../support/compute/compute-cloud.ts';
import { deploy, invoke } from '../../support/compute/functions.ts';

const FAILING = 'export const handler = async () => { throw new Error("no luck"); };';
const ECHO = 'export const handler = async (event) => event;';

let cloud: ComputeCloud;
beforeEach(async () => {
  cloud = await createComputeCloud();
});
afterEach(() => cloud.close());

const starts = () => cloud.logs.lines.filter((line) => line.startsWith('START')).length;
const sum = (metricName: string) =>
  cloud.metrics.filter((datum) => datum.metricName === metricName).reduce((total, { value }) => total + value, 0);
const invokeAsync = (name: string, event: unknown) =>
  cloud.call('lambda', 'Invoke', {
    FunctionName: name,
    InvocationType: 'Event',
    Payload: Buffer.from(JSON.stringify(event)),
  });

async function receive(queueName: string) {
  const input = { QueueUrl: queueName, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  const { Messages } = await cloud.call<{ Messages?: { Body: string; MessageAttributes?: object }[] }>(
    'sqs',
    'ReceiveMessage',
    input,
  );
  return Messages ?? [];
}

test('an invocation answers, counts and is logged', async () => {
  await deploy(cloud, 'echo', ECHO);
  expect((await invoke(cloud, 'echo', { a: 1 })).payload).toEqual({ a: 1 });
  expect([sum('Invocations'), sum('Errors'), sum('Duration'), sum('ConcurrentExecutions')]).toEqual([1, 0, 60, 1]);
  expect(cloud.metrics[0]).toMatchObject({ namespace: 'AWS/Lambda', dimensions: { FunctionName: 'echo' } });
});

test('invocations in virtual time run strictly one after another', async () => {
  const source = `let running = 0;
    export const handler = async () => {
      running++;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return running--;
    };`;
  await deploy(cloud, 'slow', source);
  const answers = await Promise.all([1, 2, 3].map(() => invoke(cloud, 'slow')));
  expect(answers.map(({ payload }) => payload)).toEqual([1, 1, 1]);
});

test('an environment is kept while there is work, and ends after ten minutes without', async () => {
  await deploy(cloud, 'counting', 'let calls = 0; export const handler = async () => ++calls;');
  const callAfter = async (minutes: number) => {
    await cloud.advance(minutes * 60_000);
    return (await invoke(cloud, 'counting')).payload;
  };
  expect([await callAfter(0), await callAfter(9), await callAfter(9), await callAfter(11)]).toEqual([1, 2, 3, 1]);
});

test('an environment that is started while another waits ends when it has been idle for long enough', async () => {
  const source = `const name = Math.random();
    export const handler = async (ms) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return name;
    };`;
  await deploy(cloud, 'waiting', source);
  const [first, spare] = [await invoke(cloud, 'waiting', 2000), await invoke(cloud, 'waiting', 2000)];
  expect(spare.payload).not.toBe(first.payload);
  for (let minute = 0; minute < 12; minute++) {
    await cloud.advance(60_000);
    expect((await invoke(cloud, 'waiting', 0)).payload).toBe(first.payload);
  }
  await invoke(cloud, 'waiting', 2000);
  expect((await invoke(cloud, 'waiting', 0)).payload).not.toBe(spare.payload);
});

test.each([
  [
    'an unknown function',
    { FunctionName: 'nope' },
    'ResourceNotFoundException',
    'Function not found: arn:aws:lambda:us-east-1:123456789012:function:nope',
  ],
  [
    'an event that is not JSON',
    { FunctionName: 'echo', Payload: Buffer.from('{') },
    'InvalidRequestContentException',
    /^Could not parse request body into json/,
  ],
  [
    'an event that is too large',
    { FunctionName: 'echo', InvocationType: 'Event', Payload: Buffer.alloc(1024 * 1024 + 1, ' ') },
    'RequestTooLargeException',
    /is too large for the Event invocation type/,
  ],
])('refuses %s', async (_title, input, name, message) => {
  await deploy(cloud, 'echo', ECHO);
  await expect(cloud.call('lambda', 'Invoke', input)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});

test('a dry run runs nothing', async () => {
  await deploy(cloud, 'echo', ECHO);
  const input = { FunctionName: 'echo', InvocationType: 'DryRun' };
  expect(await cloud.call('lambda', 'Invoke', input)).toEqual({ StatusCode: 204 });
  expect(starts()).toBe(0);
});

test('reserved concurrency 0 stops a function, and the throttle is counted', async () => {
  await deploy(cloud, 'echo', ECHO);
  await cloud.call('lambda', 'PutFunctionConcurrency', { FunctionName: 'echo', ReservedConcurrentExecutions: 0 });
  await expect(invoke(cloud, 'echo')).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    status: 429,
    members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
  });
  expect([sum('Throttles'), sum('Invocations')]).toEqual([1, 0]);
});

test('hands-on, concurrent invocations above the reserve are refused', async () => {
  const handsOn = await createComputeCloud({ isVirtual: false });
  await deploy(
    handsOn,
    'slow',
    'export const handler = () => new Promise((resolve) => setTimeout(resolve, 30, "done"));',
  );
  await handsOn.call('lambda', 'PutFunctionConcurrency', { FunctionName: 'slow', ReservedConcurrentExecutions: 2 });
  const answers = await Promise.allSettled([1, 2, 3].map(() => invoke(handsOn, 'slow')));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  handsOn.close();
});

test('an asynchronous event that fails is tried again after one minute and two more', async () => {
  await deploy(cloud, 'failing', FAILING);
  expect(await invokeAsync('failing', {})).toEqual({ StatusCode: 202 });
  expect(starts()).toBe(0);
  await cloud.advance(1000);
  expect(starts()).toBe(1);
  await cloud.advance(60_000);
  expect(starts()).toBe(2);
  await cloud.advance(120_000);
  expect(starts()).toBe(3);
  await cloud.advance(3_600_000);
  expect(starts()).toBe(3);
  expect(sum('AsyncEventsDropped')).toBe(1);
  const ids = new Set(cloud.logs.lines.filter((line) => line.startsWith('START')).map((line) => line.split(' ')[2]));
  expect(ids.size).toBe(1);
});

test('an exhausted event goes to the failure destination and the dead-letter queue, as the function', async () => {
  for (const QueueName of ['failures', 'dead']) await cloud.call('sqs', 'CreateQueue', { QueueName });
  const queueArn = 'arn:aws:sqs:us-east-1:123456789012:';
  await deploy(cloud, 'failing', FAILING, { DeadLetterConfig: { TargetArn: `${queueArn}dead` } });
  const DestinationConfig = { OnFailure: { Destination: `${queueArn}failures` } };
  await cloud.call('lambda', 'PutFunctionEventInvokeConfig', {
    FunctionName: 'failing',
    MaximumRetryAttempts: 0,
    DestinationConfig,
  });
  await invokeAsync('failing', { order: 7 });
  await cloud.advance(1000);
  const [record] = await receive('failures');
  expect(JSON.parse(record?.Body ?? '')).toMatchObject({
    version: '1.0',
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
    requestPayload: { order: 7 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorMessage: 'no luck' },
  });
  const [dead] = await receive('dead');
  expect(dead).toMatchObject({ Body: '{"order":7}', MessageAttributes: { ErrorMessage: { StringValue: 'no luck' } } });
});

test('without the permission the destination stays empty and the failure is counted', async () => {
  await cloud.call('sqs', 'CreateQueue', { QueueName: 'failures' });
  await deploy(cloud, 'failing', FAILING);
  const DestinationConfig = { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:123456789012:failures' } };
  await cloud.call('lambda', 'PutFunctionEventInvokeConfig', {
    FunctionName: 'failing',
    MaximumRetryAttempts: 0,
    DestinationConfig,
  });
  cloud.denied.add('sqs:SendMessage');
  await invokeAsync('failing', {});
  await cloud.advance(1000);
  expect(await receive('failures')).toEqual([]);
  expect(sum('DestinationDeliveryFailures')).toBe(1);
});

test('an event that grew too old while its function was throttled is given up', async () => {
  await cloud.call('sqs', 'CreateQueue', { QueueName: 'failures' });
  await deploy(cloud, 'echo', ECHO);
  await cloud.call('lambda', 'PutFunctionConcurrency', { FunctionName: 'echo', ReservedConcurrentExecutions: 0 });
  const DestinationConfig = { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:123456789012:failures' } };
  await cloud.call('lambda', 'PutFunctionEventInvokeConfig', {
    FunctionName: 'echo',
    MaximumEventAgeInSeconds: 60,
    DestinationConfig,
  });
  await invokeAsync('echo', {});
  await cloud.advance(130_000);
  const [record] = await receive('failures');
  expect(JSON.parse(record?.Body ?? '').requestContext).toMatchObject({
    condition: 'EventAgeExceeded',
    approximateInvokeCount: 0,
  });
  expect(starts()).toBe(0);
});

test('without the permission to write logs the lines are lost and the function runs on', async () => {
  await deploy(cloud, 'echo', ECHO);
  cloud.denied.add('logs:CreateLogStream');
  expect((await invoke(cloud, 'echo', 1)).payload).toBe(1);
  expect(cloud.logs.lines).toEqual([]);
});

test('the role of a function is known by name, partial and full ARN', async () => {
  await deploy(cloud, 'echo', ECHO);
  const names = ['echo', '123456789012:function:echo', 'arn:aws:lambda:us-east-1:123456789012:function:echo:$LATEST'];
  expect(names.map((name) => cloud.lambda.roleOf(name))).toEqual([ROLE_ARN, ROLE_ARN, ROLE_ARN]);
  expect(cloud.lambda.roleOf('nope')).toBeUndefined();
});
