import { type ComputeCloud, createComputeCloud } from '../../support/compute/compute-cloud.ts';
import { deploy } from '../../support/compute/functions.ts';

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:123456789012:work';
/** Fails the bodies that start with "bad"; says what it saw on a line of its own. */
const WORKER = `export const handler = async ({ Records }) => {
  process.stdout.write('saw ' + Records.map((r) => r.body + '#' + r.attributes.ApproximateReceiveCount).join() + '\\n');
  return { batchItemFailures: Records.filter((r) => r.body.startsWith('bad')).map((r) => ({ itemIdentifier: r.messageId })) };
};`;

let cloud: ComputeCloud;
beforeEach(async () => {
  cloud = await createComputeCloud();
  await cloud.call('sqs', 'CreateQueue', { QueueName: 'dead' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: QUEUE_ARN.replace('work', 'dead'), maxReceiveCount: 2 });
  await cloud.call('sqs', 'CreateQueue', { QueueName: 'work', Attributes: { VisibilityTimeout: '30', RedrivePolicy } });
});
afterEach(() => cloud.close());

const saw = () => cloud.logs.lines.filter((line) => line.startsWith('saw ')).map((line) => line.slice(4).trim());
const send = (MessageBody: string, DelaySeconds = 0) =>
  cloud.call('sqs', 'SendMessage', { QueueUrl: 'work', MessageBody, DelaySeconds });
const map = (input: object = {}) =>
  cloud.call<{ UUID: string; State: string }>('lambda', 'CreateEventSourceMapping', {
    FunctionName: 'worker',
    EventSourceArn: QUEUE_ARN,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...input,
  });
const count = async (name: string) => {
  const input = { QueueUrl: name, AttributeNames: ['All'] };
  const { Attributes } = await cloud.call<{ Attributes: Record<string, string> }>('sqs', 'GetQueueAttributes', input);
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
};

test('messages arrive in batches, delayed ones when they are due', async () => {
  await deploy(cloud, 'worker', WORKER);
  await send('before');
  expect(await map()).toMatchObject({ State: 'Creating', BatchSize: 10, MaximumBatchingWindowInSeconds: 0 });
  await cloud.advance(100);
  expect(saw()).toEqual(['before#1']);
  await send('now');
  await send('later', 40);
  await cloud.advance(39_000);
  expect(saw()).toEqual(['before#1', 'now#1']);
  await cloud.advance(2000);
  expect(saw()).toEqual(['before#1', 'now#1', 'later#1']);
  expect(await count('work')).toBe(0);
});

test('a batching window gathers messages', async () => {
  await deploy(cloud, 'worker', WORKER);
  await map({ MaximumBatchingWindowInSeconds: 5 });
  await cloud.advance(10_000);
  await send('a');
  await cloud.advance(3000);
  await send('b');
  await cloud.advance(3000);
  expect(saw()).toEqual(['a#1,b#1']);
});

test('only the failed of a batch return, then go to the dead-letter queue', async () => {
  await deploy(cloud, 'worker', WORKER);
  await map();
  await Promise.all([send('good'), send('bad')]);
  await cloud.advance(29_000);
  expect(saw()).toEqual(['good#1,bad#1']);
  await cloud.advance(2000);
  expect(saw()).toEqual(['good#1,bad#1', 'bad#2']);
  await cloud.advance(60_000);
  expect(saw()).toHaveLength(2);
  expect([await count('work'), await count('dead')]).toEqual([0, 1]);
});

test.each([
  ['throws', 'throw new Error("all")'],
  ['answers with an item it does not know', 'return { batchItemFailures: [{ foo: 1 }] }'],
])('a function that %s fails the whole batch', async (_title, statement) => {
  await deploy(cloud, 'worker', `export const handler = async () => { ${statement}; };`);
  await map();
  await Promise.all([send('a'), send('b')]);
  await cloud.advance(1000);
  expect(await count('work')).toBe(2);
  await cloud.advance(120_000);
  expect(await count('dead')).toBe(2);
});

test('an empty answer means that all succeeded', async () => {
  await deploy(cloud, 'worker', 'export const handler = async () => ({});');
  await map();
  await send('a');
  await cloud.advance(1000);
  expect(await count('work')).toBe(0);
});

test('a disabled mapping leaves messages alone until it is enabled', async () => {
  await deploy(cloud, 'worker', WORKER);
  const { UUID, State } = await map({ Enabled: false });
  expect(State).toBe('Disabled');
  await send('a');
  await cloud.advance(1000);
  expect(saw()).toEqual([]);
  expect(await cloud.call('lambda', 'UpdateEventSourceMapping', { UUID, Enabled: true })).toMatchObject({
    State: 'Enabling',
  });
  await cloud.advance(1000);
  expect(saw()).toEqual(['a#1']);
});

test.each(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])(
  'without %s the mapping is refused',
  async (action) => {
    await deploy(cloud, 'worker', WORKER);
    cloud.denied.add(action);
    await expect(map()).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: `The provided execution role does not have permissions to call ${action.slice(4)} on SQS`,
    });
  },
);

test('a missing queue and a second mapping are refused as recorded', async () => {
  await deploy(cloud, 'worker', WORKER);
  await expect(map({ EventSourceArn: `${QUEUE_ARN}-not` })).rejects.toMatchObject({
    message:
      'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
  });
  const { UUID } = await map();
  await expect(map()).rejects.toMatchObject({
    name: 'ResourceConflictException',
    message: expect.stringContaining(UUID),
  });
});

test('while the function is throttled messages are kept', async () => {
  await deploy(cloud, 'worker', WORKER);
  await cloud.call('lambda', 'PutFunctionConcurrency', { FunctionName: 'worker', ReservedConcurrentExecutions: 0 });
  await map();
  await send('a');
  await cloud.advance(5000);
  await cloud.call('lambda', 'DeleteFunctionConcurrency', { FunctionName: 'worker' });
  await cloud.advance(60_000);
  expect(saw()).toEqual(['a#2']);
});
