import { type ComputeCloud, createComputeCloud } from '../../support/compute/compute-cloud.ts';

interface Received {
  readonly Body: string;
  readonly ReceiptHandle: string;
}

let cloud: ComputeCloud;
beforeEach(async () => {
  cloud = await createComputeCloud();
  await cloud.call('sqs', 'CreateQueue', { QueueName: 'work.fifo', Attributes: { FifoQueue: 'true' } });
});
afterEach(() => cloud.close());

const call = (operation: string, input: object) => cloud.call('sqs', operation, { QueueUrl: 'work.fifo', ...input });
const send = (MessageBody: string, MessageGroupId = 'g', MessageDeduplicationId = MessageBody) =>
  call('SendMessage', { MessageBody, MessageGroupId, MessageDeduplicationId });
const receive = async (MaxNumberOfMessages = 10) => {
  const output = (await call('ReceiveMessage', { MaxNumberOfMessages })) as { Messages?: Received[] };
  return output.Messages ?? [];
};
const bodies = (messages: readonly Received[]) => messages.map(({ Body }) => Body);

test('a group in flight is blocked, others are not, and deletion frees it', async () => {
  for (const body of ['1', '2']) await send(body);
  await send('other', 'h');
  const [first] = await receive(1);
  expect(first?.Body).toBe('1');
  await send('3');
  expect(bodies(await receive())).toEqual(['other']);
  await call('DeleteMessage', { ReceiptHandle: first?.ReceiptHandle });
  expect(bodies(await receive())).toEqual(['2', '3']);
});

test('a message whose visibility is extended blocks what is behind it only', async () => {
  for (const body of ['1', '2', '3']) await send(body);
  const second = (await receive())[1];
  await call('ChangeMessageVisibility', { ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 100 });
  await cloud.advance(30_000);
  expect(bodies(await receive())).toEqual(['1']);
});

test('a later message freed early waits for the first of its group', async () => {
  for (const body of ['1', '2']) await send(body);
  const second = (await receive())[1];
  await call('ChangeMessageVisibility', { ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 0 });
  expect(await receive()).toEqual([]);
});

test('a deduplication id is good for five minutes, whole queue, even after deletion', async () => {
  const { MessageId } = await send('a', 'g', 'same');
  const [message] = await receive();
  await call('DeleteMessage', { ReceiptHandle: message?.ReceiptHandle });
  expect(await send('b', 'h', 'same')).toMatchObject({ MessageId });
  expect(await receive()).toEqual([]);
  await cloud.advance(300_000);
  await send('c', 'h', 'same');
  expect(bodies(await receive())).toEqual(['c']);
});

test('with the scope of the group the same id arrives in both', async () => {
  await call('SetQueueAttributes', { Attributes: { DeduplicationScope: 'messageGroup' } });
  await send('a', 'g', 'same');
  await send('b', 'h', 'same');
  expect(bodies(await receive())).toEqual(['a', 'b']);
});

test('content stands for the id when the queue says so', async () => {
  await call('SetQueueAttributes', { Attributes: { ContentBasedDeduplication: 'true' } });
  for (const MessageBody of ['a', 'a', 'b']) await call('SendMessage', { MessageBody, MessageGroupId: 'g' });
  expect(bodies(await receive())).toEqual(['a', 'b']);
});

test.each([
  [
    'no deduplication id',
    { MessageBody: 'a', MessageGroupId: 'g' },
    'InvalidParameterValue',
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  ],
  [
    'no group',
    { MessageBody: 'a', MessageDeduplicationId: 'a' },
    'MissingParameter',
    'The request must contain the parameter MessageGroupId.',
  ],
  [
    'a delay of its own',
    { MessageBody: 'a', MessageGroupId: 'g', DelaySeconds: 2 },
    'InvalidParameterValue',
    'Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
  ],
])('refuses %s', async (_title, input, name, message) => {
  await expect(call('SendMessage', input)).rejects.toMatchObject({ name, message });
});

test('an expired receipt does not delete', async () => {
  await send('a');
  const [message] = await receive();
  await cloud.advance(30_000);
  await expect(call('DeleteMessage', { ReceiptHandle: message?.ReceiptHandle })).rejects.toMatchObject({
    message: `Value ${message?.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
  });
});
