import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Cloud } from '../../../cloud.ts';
import { type Caller, DEVELOPER } from '../../../kernel/aws.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';

const ACCOUNT = '123456789012';
const FUNCTION = 'worker';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/${FUNCTION}`;
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:alarms`;
const alarms: Caller = { kind: 'service', principal: 'cloudwatch.amazonaws.com', sourceArn: 'arn:alarm' };

let cloud: Cloud;
let KeyId: string;
let QueueUrl: string;

const call = <Output = unknown>(service: string, operation: string, input: object, caller: Caller = DEVELOPER) =>
  cloud.aws.call<Output>(caller, service, operation, input);

beforeEach(async () => {
  ({ cloud } = await startCloud());
  const { KeyMetadata } = await call<{ KeyMetadata: { Arn: string } }>('kms', 'CreateKey', {});
  KeyId = KeyMetadata.Arn;
  ({ QueueUrl } = await call<{ QueueUrl: string }>('sqs', 'CreateQueue', {
    QueueName: 'work',
    Attributes: { KmsMasterKeyId: KeyId },
  }));
  await call('iam', 'CreateRole', { RoleName: FUNCTION, AssumeRolePolicyDocument: '{"Statement":[]}' });
});
afterEach(() => cloud.close());

/** The worker's role, with everything in SQS, SNS, DynamoDB and Parameter Store, and so much of KMS. */
async function allowKms(...actions: readonly string[]): Promise<void> {
  const statement = (Action: readonly string[]) => ({ Effect: 'Allow', Action, Resource: '*' });
  const Statement = [
    statement(['sqs:*', 'sns:*', 'dynamodb:*', 'ssm:*']),
    ...(actions.length > 0 ? [statement(actions)] : []),
  ];
  await call('iam', 'PutRolePolicy', {
    RoleName: FUNCTION,
    PolicyName: 'p',
    PolicyDocument: JSON.stringify({ Statement }),
  });
}

const worker: Caller = { kind: 'function', functionName: FUNCTION, roleArn: ROLE };
const send = () => call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'x' }, worker);
const receive = () => call('sqs', 'ReceiveMessage', { QueueUrl }, worker);
const denied = (action: string, name: string) =>
  expect.objectContaining({ name, message: expect.stringContaining(`perform: ${action} on resource: ${KeyId}`) });

describe('an encrypted queue', () => {
  test('takes messages from those who may use its key, and gives them to those who may open it', async () => {
    await allowKms('kms:GenerateDataKey', 'kms:Decrypt');
    await send();
    expect(await receive()).toMatchObject({ Messages: [{ Body: 'x' }] });
  });

  test.each([
    ['GenerateDataKey', ['kms:Decrypt']],
    ['Decrypt', ['kms:GenerateDataKey']],
  ])('refuses a sender without %s', async (missing, allowed) => {
    await allowKms(...allowed);
    await expect(send()).rejects.toEqual(denied(`kms:${missing}`, 'KmsAccessDenied'));
    const batch = { QueueUrl, Entries: [{ Id: 'a', MessageBody: 'x' }] };
    await expect(call('sqs', 'SendMessageBatch', batch, worker)).rejects.toThrow('kms:');
  });

  test('refuses a receiver without Decrypt, whatever the queue lets it do', async () => {
    await allowKms();
    await call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'x' });
    await expect(receive()).rejects.toEqual(denied('kms:Decrypt', 'KmsAccessDenied'));
  });

  test('asks KMS again after five minutes: a permission that is gone is missed then', async () => {
    await cloud.clock.goVirtual(0);
    await allowKms('kms:GenerateDataKey', 'kms:Decrypt');
    await send();
    await allowKms();
    await send();
    await cloud.clock.runUntil(cloud.clock.now() + 300_000);
    await expect(send()).rejects.toThrow('kms:GenerateDataKey');
  });

  test('is of no use without its key', async () => {
    await call('kms', 'DisableKey', { KeyId });
    await expect(call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'x' })).rejects.toMatchObject({
      name: 'KmsDisabled',
    });
    await call('kms', 'EnableKey', { KeyId });
    await call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'x' });
  });

  test('has one kind of encryption only', async () => {
    const Attributes = { KmsMasterKeyId: KeyId, SqsManagedSseEnabled: 'true' };
    await expect(call('sqs', 'CreateQueue', { QueueName: 'both', Attributes })).rejects.toThrow('one type');
  });

  test('the SDK sees the refusal as SQS names it', async () => {
    const sqs = new SQSClient(clientOptions(cloud));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'y' }] }));
    expect((await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages).toHaveLength(2);
    await call('kms', 'ScheduleKeyDeletion', { KeyId });
    await call('sqs', 'CreateQueue', { QueueName: 'other', Attributes: { KmsMasterKeyId: KeyId } });
    const other = new SendMessageCommand({ QueueUrl: QueueUrl.replace('work', 'other'), MessageBody: 'x' });
    await expect(sqs.send(other)).rejects.toMatchObject({ name: 'KmsInvalidState' });
    sqs.destroy();
  });
});

test('an alarm reaches an encrypted topic only when the key’s policy lets CloudWatch use it for that topic', async () => {
  await call('sns', 'CreateTopic', { Name: 'alarms', Attributes: { KmsMasterKeyId: KeyId } });
  const anybody = { Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: '*' };
  const Policy = { TopicArn: TOPIC, AttributeName: 'Policy', AttributeValue: JSON.stringify({ Statement: [anybody] }) };
  await call('sns', 'SetTopicAttributes', Policy);
  const AlarmName = 'a';
  await call('monitoring', 'PutMetricAlarm', {
    ...{ AlarmName, Namespace: 'N', MetricName: 'm', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1 },
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: [TOPIC],
  });
  const ring = async () => {
    for (const StateValue of ['OK', 'ALARM']) {
      await call('monitoring', 'SetAlarmState', { AlarmName, StateValue, StateReason: 'A test.' });
    }
    return cloud.services.sns.publishedTo(TOPIC).length;
  };
  expect(await ring()).toBe(0);
  const { AlarmHistoryItems } = await call<{ AlarmHistoryItems: { HistorySummary: string }[] }>(
    'monitoring',
    'DescribeAlarmHistory',
    { AlarmName, HistoryItemType: 'Action' },
  );
  expect(AlarmHistoryItems[0]?.HistorySummary).toContain(
    'not have authorization to access the SNS topic encryption key',
  );
  const grant = (topic: string) => ({
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
    Resource: '*',
    Condition: { StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': topic } },
  });
  const put = (topic: string) =>
    call('kms', 'PutKeyPolicy', { KeyId, Policy: JSON.stringify({ Statement: [grant(topic)] }) });
  await put(`${TOPIC}-other`);
  await expect(call('sns', 'Publish', { TopicArn: TOPIC, Message: 'm' }, alarms)).rejects.toEqual(
    denied('kms:GenerateDataKey', 'KMSAccessDenied'),
  );
  await put(TOPIC);
  expect(await ring()).toBe(1);
});

test('a table under a customer’s key opens for those only who may decrypt with it through DynamoDB', async () => {
  await call('dynamodb', 'CreateTable', {
    TableName: 'items',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: KeyId },
  });
  const { Table } = await call<{ Table: object }>('dynamodb', 'DescribeTable', { TableName: 'items' });
  expect(Table).toMatchObject({ SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: KeyId } });
  const developer = new DynamoDBClient(clientOptions(cloud));
  await developer.send(new PutItemCommand({ TableName: 'items', Item: { id: { S: '1' } } }));
  expect(
    (await developer.send(new GetItemCommand({ TableName: 'items', Key: { id: { S: '1' } } }))).Item,
  ).toBeDefined();
  developer.destroy();
  const get = { TableName: 'items', Key: { id: { S: '1' } } };
  await allowKms();
  await expect(call('dynamodb', 'GetItem', get, worker)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('KMS key access denied error'),
  });
  await allowKms('kms:Decrypt');
  await expect(call('dynamodb', 'GetItem', get, worker)).resolves.toBeDefined();
});

test('a log group takes a key only if its policy lets the log service use it for that group', async () => {
  const group = { logGroupName: '/aws/lambda/x', kmsKeyId: KeyId };
  await expect(call('logs', 'CreateLogGroup', group)).rejects.toThrow('not allowed to be used with LogGroup');
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'logs.us-east-1.amazonaws.com' },
    Action: ['kms:GenerateDataKey*', 'kms:Decrypt*'],
    Resource: '*',
    Condition: {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/aws/lambda/x*` },
    },
  };
  await call('kms', 'PutKeyPolicy', { KeyId, Policy: JSON.stringify({ Statement: [statement] }) });
  await call('logs', 'CreateLogGroup', group);
  await call('logs', 'CreateLogGroup', { logGroupName: '/aws/lambda/y' });
  await expect(call('logs', 'AssociateKmsKey', { ...group, logGroupName: '/aws/lambda/y' })).rejects.toThrow(
    'not allowed',
  );
});

describe('a SecureString parameter', () => {
  const Name = '/tidegate/dev/overrides/default';
  const read = (WithDecryption: boolean) => call('ssm', 'GetParameter', { Name, WithDecryption }, worker);
  const put = (key: object) => call('ssm', 'PutParameter', { Name, Value: 'hush', Type: 'SecureString', ...key });

  test('under the key that AWS manages is decrypted by every role of the account, through Parameter Store alone', async () => {
    await put({});
    await allowKms();
    expect(await read(true)).toMatchObject({ Parameter: { Value: 'hush' } });
    const { Parameter } = (await read(false)) as { Parameter: { Value: string } };
    const CiphertextBlob = Buffer.from(Parameter.Value, 'base64');
    const EncryptionContext = { PARAMETER_ARN: `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter${Name}` };
    await expect(call('kms', 'Decrypt', { CiphertextBlob, EncryptionContext }, worker)).rejects.toThrow(
      'not authorized to perform: kms:Decrypt',
    );
  });

  test('under a customer’s key is decrypted by whoever may use that key, and by nobody else', async () => {
    await put({ KeyId });
    await allowKms();
    await expect(read(true)).rejects.toEqual(denied('kms:Decrypt', 'AccessDeniedException'));
    const byPath = { Path: '/tidegate', Recursive: true };
    await expect(call('ssm', 'GetParametersByPath', { ...byPath, WithDecryption: true }, worker)).rejects.toThrow(
      'kms:',
    );
    expect(await call('ssm', 'GetParametersByPath', byPath, worker)).toMatchObject({ Parameters: [{ Name }] });
    await allowKms('kms:Decrypt');
    expect(await read(true)).toMatchObject({ Parameter: { Value: 'hush' } });
  });

  test('whose key is switched off is decrypted by nobody', async () => {
    await put({ KeyId });
    await allowKms('kms:Decrypt');
    await call('kms', 'DisableKey', { KeyId });
    await expect(read(true)).rejects.toEqual(expect.objectContaining({ name: 'InvalidKeyId' }));
  });
});
