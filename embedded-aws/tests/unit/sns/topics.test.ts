import { type ComputeCloud, createComputeCloud } from '../../support/compute/compute-cloud.ts';
import { deploy } from '../../support/compute/functions.ts';

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:alarms';
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:inbox';

let cloud: ComputeCloud;
beforeEach(async () => {
  cloud = await createComputeCloud();
  await cloud.call('sns', 'CreateTopic', { Name: 'alarms' });
  await cloud.call('sqs', 'CreateQueue', { QueueName: 'inbox' });
});
afterEach(() => cloud.close());

const call = (operation: string, input: object) => cloud.call('sns', operation, { TopicArn: TOPIC, ...input });
const publish = (input: object) => call('Publish', { Message: 'on fire', ...input });
const inbox = async () => {
  const input = { QueueUrl: 'inbox', MaxNumberOfMessages: 10 };
  const { Messages = [] } = await cloud.call<{ Messages?: { Body: string }[] }>('sqs', 'ReceiveMessage', input);
  return Messages.map(({ Body }) => Body);
};

test('a queue gets the message in an envelope, raw when it asks', async () => {
  const { SubscriptionArn } = await call('Subscribe', { Protocol: 'sqs', Endpoint: QUEUE });
  const { MessageId } = await publish({ Subject: 'Alarm' });
  await cloud.advance(1000);
  expect((await inbox()).map((body) => JSON.parse(body))).toMatchObject([
    {
      Type: 'Notification',
      MessageId,
      TopicArn: TOPIC,
      Subject: 'Alarm',
      Message: 'on fire',
      Timestamp: '2031-01-01T00:00:00.000Z',
    },
  ]);
  await cloud.call('sns', 'SetSubscriptionAttributes', {
    SubscriptionArn,
    AttributeName: 'RawMessageDelivery',
    AttributeValue: 'true',
  });
  await publish({});
  await cloud.advance(1000);
  expect(await inbox()).toEqual(['on fire']);
});

test('a function gets an SNS event', async () => {
  await deploy(
    cloud,
    'pager',
    'export const handler = async (e) => process.stdout.write(e.Records[0].EventSource + " " + e.Records[0].Sns.Message + "\\n");',
  );
  await call('Subscribe', { Protocol: 'lambda', Endpoint: 'arn:aws:lambda:us-east-1:123456789012:function:pager' });
  await publish({});
  await cloud.advance(1000);
  expect(cloud.logs.lines).toContain('aws:sns on fire\n');
});

test('an e-mail address stays pending and gets nothing', async () => {
  expect(await call('Subscribe', { Protocol: 'email', Endpoint: 'ops@example.com' })).toEqual({
    SubscriptionArn: 'pending confirmation',
  });
  const { Subscriptions } = await call('ListSubscriptionsByTopic', {});
  expect(Subscriptions).toMatchObject([{ SubscriptionArn: 'PendingConfirmation', Endpoint: 'ops@example.com' }]);
  expect(await call('GetTopicAttributes', {})).toMatchObject({
    Attributes: { SubscriptionsPending: '1', SubscriptionsConfirmed: '0' },
  });
});

test('a filter lets through what fits it', async () => {
  await call('Subscribe', {
    Protocol: 'sqs',
    Endpoint: QUEUE,
    Attributes: { FilterPolicy: '{"level":["high"]}', RawMessageDelivery: 'true' },
  });
  for (const level of ['high', 'low'])
    await publish({ Message: level, MessageAttributes: { level: { DataType: 'String', StringValue: level } } });
  await cloud.advance(1000);
  expect(await inbox()).toEqual(['high']);
});

test('published messages can be looked at, the topic policy is the resource policy', async () => {
  await publish({ Subject: 'Alarm' });
  expect(cloud.sns.publishedTo(TOPIC)).toMatchObject([{ subject: 'Alarm', message: 'on fire' }]);
  const Policy = JSON.stringify({ Statement: [] });
  await call('SetTopicAttributes', { AttributeName: 'Policy', AttributeValue: Policy });
  expect(cloud.sns.resourcePolicy('Publish', { TopicArn: TOPIC })).toEqual(JSON.parse(Policy));
});

test('a queue that does not let SNS in gets nothing', async () => {
  await call('Subscribe', { Protocol: 'sqs', Endpoint: QUEUE });
  cloud.denied.add('sqs:SendMessage');
  await publish({});
  await cloud.advance(10_000);
  expect(await inbox()).toEqual([]);
  expect(cloud.taskErrors).toEqual([]);
});

test.each([
  ['a missing topic', 'Publish', { TopicArn: `${TOPIC}-not`, Message: 'x' }, 'NotFound'],
  ['an empty message', 'Publish', { Message: '' }, 'InvalidParameter'],
  ['a queue that is none', 'Subscribe', { Protocol: 'sqs', Endpoint: 'inbox' }, 'InvalidParameter'],
  ['a protocol that is not here', 'Subscribe', { Protocol: 'sms', Endpoint: '+1' }, 'NotImplemented'],
  [
    'an attribute that is not here',
    'SetTopicAttributes',
    { AttributeName: 'FifoTopic', AttributeValue: 'true' },
    'NotImplemented',
  ],
])('refuses %s', async (_title, operation, input, name) => {
  await expect(call(operation, input)).rejects.toMatchObject({ name });
});
