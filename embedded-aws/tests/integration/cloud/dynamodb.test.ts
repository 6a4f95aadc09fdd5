import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';

let cloud: Cloud;
let client: DynamoDBClient;
let failures: unknown[];

beforeEach(async () => {
  ({ cloud, failures } = await startCloud());
  client = new DynamoDBClient(clientOptions(cloud));
  await client.send(
    new CreateTableCommand({
      TableName: 'state',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      SSESpecification: { Enabled: true },
    }),
  );
});
afterEach(async () => {
  client.destroy();
  await cloud.close();
  expect(failures).toEqual([]);
});

const item = (sk: string, extra = {}) => ({ pk: { S: 'windows' }, sk: { S: sk }, ...extra });
const put = (sk: string, extra = {}) => client.send(new PutItemCommand({ TableName: 'state', Item: item(sk, extra) }));

test('a table is active as soon as it was created', async () => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'state' }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    TableArn: 'arn:aws:dynamodb:us-east-1:123456789012:table/state',
    SSEDescription: { Status: 'ENABLED' },
  });
});

test('items are written, updated and queried, numbers and bytes included', async () => {
  await put('1', { count: { N: '1' }, blob: { B: Uint8Array.of(1, 2, 3) } });
  await put('2');
  await client.send(
    new UpdateItemCommand({
      TableName: 'state',
      Key: item('1'),
      UpdateExpression: 'ADD #count :two',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':two': { N: '2' } },
    }),
  );
  const { Items } = await client.send(
    new QueryCommand({
      TableName: 'state',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'windows' } },
    }),
  );
  expect(Items).toEqual([item('1', { count: { N: '3' }, blob: { B: Uint8Array.of(1, 2, 3) } }), item('2')]);
});

test('a failed condition is its own error, with the item when asked for', async () => {
  await put('1', { owner: { S: 'me' } });
  const contested = client.send(
    new PutItemCommand({
      TableName: 'state',
      Item: item('1'),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  );
  await expect(contested).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
    message: 'The conditional request failed',
    Item: item('1', { owner: { S: 'me' } }),
  });
  await expect(contested).rejects.toBeInstanceOf(ConditionalCheckFailedException);
});

test('an unknown table is its own error', async () => {
  const read = client.send(new GetItemCommand({ TableName: 'nowhere', Key: item('1') }));
  await expect(read).rejects.toBeInstanceOf(ResourceNotFoundException);
});

test('expiry is off until it is switched on, and then follows the clock of the cloud', async () => {
  expect(await client.send(new DescribeTimeToLiveCommand({ TableName: 'state' }))).toMatchObject({
    TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
  });
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expiresAt' };
  await client.send(new UpdateTimeToLiveCommand({ TableName: 'state', TimeToLiveSpecification }));
  expect(await client.send(new DescribeTimeToLiveCommand({ TableName: 'state' }))).toMatchObject({
    TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' },
  });
  const epochMs = Date.UTC(2031, 0, 1);
  await cloud.clock.goVirtual(0, epochMs);
  await put('lasting');
  await put('old', { expiresAt: { N: String(epochMs / 1000 + 60) } });
  await put('young', { expiresAt: { N: String(epochMs / 1000 + 3600) } });
  await cloud.clock.runUntil(epochMs + 10 * 60_000);
  const { Items } = await client.send(new ScanCommand({ TableName: 'state' }));
  expect(Items?.map(({ sk }) => sk?.S)).toEqual(['lasting', 'young']);
});

test('expiry knows what was there before it was switched on, what came in batches, and what was given more time', async () => {
  const epochMs = Date.UTC(2031, 0, 1);
  const soon = { N: String(epochMs / 1000 + 60) };
  const later = { N: String(epochMs / 1000 + 3600) };
  await put('before', { expiresAt: soon });
  await put('extended', { expiresAt: soon });
  await put('shortened', { expiresAt: later });
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expiresAt' };
  await client.send(new UpdateTimeToLiveCommand({ TableName: 'state', TimeToLiveSpecification }));
  await cloud.clock.goVirtual(0, epochMs);
  const batch = { PutRequest: { Item: item('batch', { expiresAt: soon }) } };
  await client.send(new BatchWriteItemCommand({ RequestItems: { state: [batch] } }));
  for (const [sk, expiresAt] of Object.entries({ extended: later, shortened: soon })) {
    await client.send(
      new UpdateItemCommand({
        TableName: 'state',
        Key: item(sk),
        UpdateExpression: 'SET expiresAt = :e',
        ExpressionAttributeValues: { ':e': expiresAt },
      }),
    );
  }
  await put('mistaken', { expiresAt: { N: '1' } });
  await cloud.clock.runUntil(epochMs + 10 * 60_000);
  const { Items } = await client.send(new ScanCommand({ TableName: 'state' }));
  expect(Items?.map(({ sk }) => sk?.S)).toEqual(['extended', 'mistaken']);
});

test('point-in-time recovery can be switched on', async () => {
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await client.send(new UpdateContinuousBackupsCommand({ TableName: 'state', PointInTimeRecoverySpecification }));
  expect(await client.send(new DescribeContinuousBackupsCommand({ TableName: 'state' }))).toMatchObject({
    ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' } },
  });
});

test('a deleted table is gone', async () => {
  await client.send(new DeleteTableCommand({ TableName: 'state' }));
  const described = client.send(new DescribeTableCommand({ TableName: 'state' }));
  await expect(described).rejects.toBeInstanceOf(ResourceNotFoundException);
});

test('what the engine cannot do is refused by name', async () => {
  const call = client.send(new TransactWriteItemsCommand({ TransactItems: [] }));
  await expect(call).rejects.toMatchObject({ name: 'NotImplemented' });
});
