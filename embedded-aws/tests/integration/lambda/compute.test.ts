import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';
import { HANDLER, packageOf } from '../../support/compute/bundle.ts';
import { ROLE_ARN } from '../../support/compute/compute-cloud.ts';

let cloud: Cloud;
let failures: unknown[];
let lambda: LambdaClient;
let sqs: SQSClient;

beforeAll(async () => {
  ({ cloud, failures } = await startCloud());
  lambda = new LambdaClient(clientOptions(cloud));
  sqs = new SQSClient(clientOptions(cloud));
});
afterAll(async () => {
  lambda.destroy();
  sqs.destroy();
  await cloud.close();
});

const create = (FunctionName: string, source: string) =>
  lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: ROLE_ARN,
      Runtime: 'nodejs24.x',
      Handler: HANDLER,
      Code: { ZipFile: packageOf(source) },
    }),
  );
const createQueue = async (QueueName: string, Attributes = {}) =>
  (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl;
const nextBody = async (QueueUrl: string | undefined) => {
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
  return JSON.parse(Messages?.[0]?.Body ?? 'null');
};

test('a function is created, described and invoked by the SDK', async () => {
  await create('echo', 'export const handler = async (event) => { console.log("seen"); return event; };');
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'echo' }));
  expect(Configuration).toMatchObject({ FunctionName: 'echo', State: 'Active', Runtime: 'nodejs24.x' });
  const input = { FunctionName: 'echo', Payload: JSON.stringify({ a: 1 }), LogType: 'Tail' } as const;
  const answer = await lambda.send(new InvokeCommand(input));
  expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ a: 1 });
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(Buffer.from(answer.LogResult ?? '', 'base64').toString()).toContain('\tINFO\tseen');
  await expect(lambda.send(new GetFunctionCommand({ FunctionName: 'nope' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('a failed invocation says so', async () => {
  await create('failing', 'export const handler = async () => { throw new TypeError("no"); };');
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'failing' }));
  expect(answer.FunctionError).toBe('Unhandled');
  expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({
    errorType: 'TypeError',
    errorMessage: 'no',
  });
});

test('messages go through a queue, digests included', async () => {
  const QueueUrl = await createQueue('plain', { VisibilityTimeout: '5' });
  expect(QueueUrl).toBe(`${cloud.endpoint}/123456789012/plain`);
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
  // The client compares the digests with its own and would throw.
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"n":1}', MessageAttributes }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] }));
  expect(Messages).toMatchObject([{ Body: '{"n":1}', MessageAttributes }]);
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({ VisibilityTimeout: '5', ApproximateNumberOfMessagesNotVisible: '1' });
  await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'nope' }))).rejects.toBeInstanceOf(QueueDoesNotExist);
});

test('a function without the permission is refused, with its role and the action named', async () => {
  const QueueUrl = await createQueue('closed');
  const asFunction = new SQSClient(clientOptions(cloud, 'echo'));
  await expect(asFunction.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))).rejects.toThrow(
    /assumed-role\/function-role\/echo is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:123456789012:closed/,
  );
  asFunction.destroy();
  const mapping = { FunctionName: 'echo', EventSourceArn: 'arn:aws:sqs:us-east-1:123456789012:closed' };
  await expect(lambda.send(new CreateEventSourceMappingCommand(mapping))).rejects.toThrow(
    /does not have permissions to call/,
  );
});

test('events and notifications reach queues whose policies let them in', async () => {
  const statement = (service: string) => ({
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sqs:SendMessage',
    Resource: '*',
  });
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: ['events', 'sns'].map((name) => statement(`${name}.amazonaws.com`)),
  });
  const QueueUrl = await createQueue('open', { Policy });
  const queueArn = 'arn:aws:sqs:us-east-1:123456789012:open';
  const events = new EventBridgeClient(clientOptions(cloud));
  await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: JSON.stringify({ source: ['shop'] }) }));
  await events.send(new PutTargetsCommand({ Rule: 'orders', Targets: [{ Id: 'queue', Arn: queueArn }] }));
  await events.send(new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'Order', Detail: '{"n":1}' }] }));
  expect(await nextBody(QueueUrl)).toMatchObject({ source: 'shop', 'detail-type': 'Order', detail: { n: 1 } });
  const sns = new SNSClient(clientOptions(cloud));
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn }));
  const { MessageId } = await sns.send(new PublishCommand({ TopicArn, Message: 'hello', Subject: 'Greeting' }));
  expect(await nextBody(QueueUrl)).toMatchObject({
    Type: 'Notification',
    MessageId,
    TopicArn,
    Message: 'hello',
    Subject: 'Greeting',
  });
  events.destroy();
  sns.destroy();
  expect(failures).toEqual([]);
});
