import { createHash } from 'node:crypto';
import { type ComputeCloud, createComputeCloud, ENDPOINT } from '../../support/compute/compute-cloud.ts';

const URL = `${ENDPOINT}/123456789012/work`;
interface Received {
  readonly MessageId: string;
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly MD5OfBody: string;
  readonly Attributes?: Record<string, string>;
}

let cloud: ComputeCloud;
beforeEach(async () => {
  cloud = await createComputeCloud();
  await cloud.call('sqs', 'CreateQueue', { QueueName: 'work' });
});
afterEach(() => cloud.close());

const call = (operation: string, input: object = {}) => cloud.call('sqs', operation, { QueueUrl: URL, ...input });
const send = (MessageBody: string, input: object = {}) => call('SendMessage', { MessageBody, ...input });
const receive = async (input: object = {}) => {
  const output = await call('ReceiveMessage', {
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
    ...input,
  });
  return ((output as { Messages?: Received[] }).Messages ?? []) as Received[];
};

test('a message is hidden once received, and comes back with a higher count', async () => {
  await send('a');
  const [first] = await receive();
  expect(first).toMatchObject({
    Body: 'a',
    MD5OfBody: createHash('md5').update('a').digest('hex'),
    Attributes: { ApproximateReceiveCount: '1' },
  });
  expect(await receive()).toEqual([]);
  await cloud.advance(30_000);
  const [second] = await receive();
  expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
  await call('DeleteMessage', { ReceiptHandle: first?.ReceiptHandle });
  await cloud.advance(30_000);
  expect(await receive()).toEqual([]);
});

test('delays: of the message, else of the queue', async () => {
  await call('SetQueueAttributes', { Attributes: { DelaySeconds: '5' } });
  await send('queue');
  await send('own', { DelaySeconds: 20 });
  expect(await receive()).toEqual([]);
  await cloud.advance(5000);
  expect((await receive()).map(({ Body }) => Body)).toEqual(['queue']);
  await cloud.advance(15_000);
  expect((await receive()).map(({ Body }) => Body)).toEqual(['own']);
});

test('visibility can be changed while a message is in flight', async () => {
  await send('a');
  const [{ ReceiptHandle } = { ReceiptHandle: '' }] = await receive();
  await call('ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout: 60 });
  await cloud.advance(45_000);
  expect(await receive()).toEqual([]);
  await call('ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout: 0 });
  expect(await receive()).toHaveLength(1);
  await expect(call('ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout: 0 })).rejects.toMatchObject({
    name: 'InvalidParameterValue',
  });
});

test('attributes count what is visible, in flight and delayed', async () => {
  await Promise.all([send('a'), send('b'), send('c', { DelaySeconds: 10 })]);
  await receive({ MaxNumberOfMessages: 1 });
  const { Attributes } = await call('GetQueueAttributes', { AttributeNames: ['All'] });
  expect(Attributes).toMatchObject({
    QueueArn: 'arn:aws:sqs:us-east-1:123456789012:work',
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '1',
    ApproximateNumberOfMessagesDelayed: '1',
    VisibilityTimeout: '30',
    MessageRetentionPeriod: '345600',
  });
});

test('messages older than the retention period are gone', async () => {
  await call('SetQueueAttributes', { Attributes: { MessageRetentionPeriod: '60' } });
  await send('a');
  await cloud.advance(60_000);
  expect(await receive()).toEqual([]);
});

test('message attributes and their digest', async () => {
  const MessageAttributes = {
    kind: { DataType: 'String', StringValue: 'x' },
    raw: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) },
  };
  // The digest that AWS documents for these attributes, computed by hand from the documented byte layout.
  const layout = Buffer.concat(
    ['kind', 'String']
      .map(lengthPrefixed)
      .concat(
        Buffer.from([1]),
        lengthPrefixed('x'),
        lengthPrefixed('raw'),
        lengthPrefixed('Binary'),
        Buffer.from([2, 0, 0, 0, 2, 1, 2]),
      ),
  );
  const MD5OfMessageAttributes = createHash('md5').update(layout).digest('hex');
  expect(await send('a', { MessageAttributes })).toMatchObject({ MD5OfMessageAttributes });
  expect((await receive({ MessageAttributeNames: ['All'] }))[0]).toMatchObject({
    MessageAttributes,
    MD5OfMessageAttributes,
  });
});

function lengthPrefixed(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

test('batches: what one entry does wrong fails that one alone', async () => {
  const Entries = [
    { Id: 'a', MessageBody: 'a' },
    { Id: 'b', MessageBody: '' },
  ];
  expect(await call('SendMessageBatch', { Entries })).toMatchObject({
    Successful: [{ Id: 'a' }],
    Failed: [{ Id: 'b', SenderFault: true }],
  });
  const [message] = await receive();
  const deletions = [
    { Id: 'a', ReceiptHandle: message?.ReceiptHandle },
    { Id: 'b', ReceiptHandle: 'nonsense' },
  ];
  expect(await call('DeleteMessageBatch', { Entries: deletions })).toMatchObject({
    Successful: [{ Id: 'a' }],
    Failed: [{ Id: 'b', Code: 'ReceiptHandleIsInvalid' }],
  });
  await expect(call('SendMessageBatch', { Entries: [] })).rejects.toMatchObject({ name: 'EmptyBatchRequest' });
  await expect(call('SendMessageBatch', { Entries: [Entries[0], Entries[0]] })).rejects.toMatchObject({
    name: 'BatchEntryIdsNotDistinct',
  });
});

test.each([
  [
    'an unknown queue',
    'SendMessage',
    { QueueUrl: 'nope', MessageBody: 'a' },
    'QueueDoesNotExist',
    'The specified queue does not exist.',
  ],
  [
    'a message that is too long',
    'SendMessage',
    { MessageBody: 'x'.repeat(1_048_577) },
    'InvalidParameterValue',
    'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
  ],
  [
    'too many at once',
    'ReceiveMessage',
    { MaxNumberOfMessages: 11 },
    'InvalidParameterValue',
    /Must be between 1 and 10/,
  ],
  [
    'an attribute out of range',
    'SetQueueAttributes',
    { Attributes: { DelaySeconds: '901' } },
    'InvalidAttributeValue',
    'Invalid value for the parameter DelaySeconds.',
  ],
  ['an unknown attribute', 'SetQueueAttributes', { Attributes: { Colour: 'red' } }, 'InvalidAttributeName', /Colour/],
  [
    'the same name with other attributes',
    'CreateQueue',
    { QueueName: 'work', Attributes: { DelaySeconds: '3' } },
    'QueueNameExists',
    'A queue already exists with the same name and a different value for attribute DelaySeconds',
  ],
])('refuses %s', async (_title, operation, input, name, message) => {
  await expect(call(operation, input)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

test('the queue policy is the resource policy, and batches need the permission of the single operation', async () => {
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  await call('SetQueueAttributes', { Attributes: { Policy } });
  expect(cloud.sqs.resourcePolicy('SendMessage', { QueueUrl: URL })).toEqual(JSON.parse(Policy));
  const resources = ['arn:aws:sqs:us-east-1:123456789012:work'];
  expect(cloud.sqs.permission('SendMessageBatch', { QueueUrl: URL })).toEqual({ action: 'sqs:SendMessage', resources });
  expect(cloud.sqs.permission('DeleteMessageBatch', { QueueUrl: URL })).toEqual({
    action: 'sqs:DeleteMessage',
    resources,
  });
});

test('what a queue holds is published every minute', async () => {
  await send('a');
  await cloud.advance(60_000);
  const datum = {
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: 'work' },
    value: 1,
  };
  expect(cloud.metrics).toContainEqual(expect.objectContaining(datum));
});

test('hands-on, a long poll ends with the message it waited for', async () => {
  const handsOn = await createComputeCloud({ isVirtual: false });
  await handsOn.call('sqs', 'CreateQueue', { QueueName: 'work' });
  const poll = handsOn.call<{ Messages: Received[] }>('sqs', 'ReceiveMessage', {
    QueueUrl: 'work',
    WaitTimeSeconds: 20,
  });
  await handsOn.call('sqs', 'SendMessage', { QueueUrl: 'work', MessageBody: 'at last' });
  expect((await poll).Messages.map(({ Body }) => Body)).toEqual(['at last']);
  handsOn.close();
});
