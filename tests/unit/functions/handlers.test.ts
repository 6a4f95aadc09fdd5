import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { type AwsStub, mockClient } from 'aws-sdk-client-mock';
import { BASELINE, SCHEDULE, World } from '../../support/functions/world.ts';

const context = { functionName: 'f', awsRequestId: 'request-1', memoryLimitInMB: '256' } as Context;
let world: World;
// biome-ignore lint/suspicious/noExplicitAny: the library's own type of a stub of any client
let dynamoDb: AwsStub<any, any, any>;

beforeAll(() => {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    STATE_TABLE: 'state',
    PARAMETER_PREFIX: '/tidegate/dev',
    PLAN_WRITES_QUEUE_URL: 'https://sqs/queue',
    LOOKS_QUEUE_URL: 'https://sqs/looks',
    TIDEGATE_BASELINE: JSON.stringify(BASELINE),
    POWERTOOLS_SERVICE_NAME: 'tidegate',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  world = new World();
  dynamoDb = mockClient(DynamoDBClient);
});
beforeEach(() => {
  dynamoDb.reset();
  dynamoDb.onAnyCommand().resolves({ Items: [], Attributes: { fence: { N: '1' } } });
});
afterAll(() => {
  world.restore();
  dynamoDb.restore();
});

test('telemetry answers to a delivery of nothing', async () => {
  const { handler } = await import('../../../functions/telemetry/handler.ts');
  await expect(handler({}, context)).resolves.toBeUndefined();
});

test('the plan writer answers with the failures of its batch', async () => {
  const { handler } = await import('../../../functions/plan-writer/handler.ts');
  const event = { Records: [{ messageId: 'm1', attributes: { ApproximateReceiveCount: '1' } }] };
  await expect(handler(event, context)).resolves.toEqual({ batchItemFailures: [] });
});

test('control runs the real law over an API that nobody ever limited', async () => {
  const { handler } = await import('../../../functions/control/handler.ts');
  await expect(handler(SCHEDULE, context)).resolves.toBeUndefined();
  const decision = dynamoDb
    .calls()
    .map((call) => (call.args[0] as { input: { Item?: { rule?: { S: string } } } }).input.Item?.rule?.S)
    .find((rule) => rule !== undefined);
  expect(decision).toBe('first-look');
});

test('a failure reaches Lambda, which decides what becomes of the event', async () => {
  const { handler } = await import('../../../functions/key-directory/handler.ts');
  dynamoDb.on(QueryCommand).rejects(new Error('down'));
  await expect(handler({}, context)).rejects.toThrow();
});
