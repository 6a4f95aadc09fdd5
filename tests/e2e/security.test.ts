import type { Caller } from '@tidegate/embedded-aws/kernel';
import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess, packagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import { everyItem } from '../../rehearsal/run/items.ts';
import { CallWatch } from '../support/e2e/call-watch.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { exercise } from '../support/e2e/exercise.ts';
import { type Key, keyOf, request } from '../support/e2e/gateway.ts';

const FUNCTIONS = ['backend', 'telemetry', 'control', 'planWriter', 'keyDirectory', 'failSafe'] as const;
type FunctionName = (typeof FUNCTIONS)[number];

let target: Deployed;
let keys: Key[];
beforeAll(async () => {
  target = await deployedInProcess();
  keys = await Promise.all(['premium', 'standard', 'basic', 'internal'].map((tier) => keyOf(target.cloud, tier)));
}, 60_000);
afterAll(() => target?.cloud.close());

const developer = <Output>(service: string, operation: string, input: object) =>
  asDeveloper<Output>(target.cloud, service, operation, input);

/** Calls as whoever has got hold of a function's credentials. */
async function as(name: FunctionName, service: string, operation: string, input: object): Promise<unknown> {
  const FunctionName = `tidegate-dev-${name}`;
  const { Configuration } = await developer<{ Configuration: { Role: string } }>('lambda', 'GetFunction', {
    FunctionName,
  });
  const caller: Caller = { kind: 'function', functionName: FunctionName, roleArn: Configuration.Role };
  return await target.cloud.aws.call(caller, service, operation, input);
}

const refused = { name: 'AccessDeniedException' };

describe('the decision log', () => {
  const Key = () => ({ pk: { S: `DECISION#${target.service.apiId}/dev` }, sk: { S: '1#1' } });
  const inTable = (input: object) => ({ TableName: target.service.stateTable, ...input });
  const put = () => inTable({ Item: { ...Key(), decision: { S: '{}' } } });
  const change = () =>
    inTable({
      Key: Key(),
      UpdateExpression: 'SET decision = :d',
      ExpressionAttributeValues: { ':d': { S: 'forged' } },
    });

  test('is added to by control, which can neither change nor delete what it holds', async () => {
    await as('control', 'dynamodb', 'PutItem', put());
    await expect(as('control', 'dynamodb', 'UpdateItem', change())).rejects.toMatchObject(refused);
    await expect(as('control', 'dynamodb', 'DeleteItem', inTable({ Key: Key() }))).rejects.toMatchObject(refused);
    await expect(as('control', 'dynamodb', 'DeleteTable', inTable({}))).rejects.toMatchObject(refused);
  });

  test.each(['telemetry', 'planWriter', 'keyDirectory', 'failSafe', 'backend'] as const)(
    'is closed to %s',
    async (name) => {
      await expect(as(name, 'dynamodb', 'PutItem', put())).rejects.toMatchObject(refused);
      await expect(as(name, 'dynamodb', 'UpdateItem', change())).rejects.toMatchObject(refused);
      await expect(as(name, 'dynamodb', 'DeleteItem', inTable({ Key: Key() }))).rejects.toMatchObject(refused);
    },
  );

  test('can be brought back: the table recovers to any instant of the last weeks', async () => {
    const { ContinuousBackupsDescription } = await developer<{ ContinuousBackupsDescription: object }>(
      'dynamodb',
      'DescribeContinuousBackups',
      inTable({}),
    );
    expect(ContinuousBackupsDescription).toMatchObject({
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
    });
  });
});

describe('a function that somebody has taken over', () => {
  test.each(FUNCTIONS)('%s reads no key’s value', async (name) => {
    const apiKey = keys[0]?.id;
    const all = { includeValues: true };
    await expect(as(name, 'apigateway', 'GetApiKeys', all)).rejects.toMatchObject(refused);
    await expect(as(name, 'apigateway', 'GetApiKey', { apiKey, includeValue: true })).rejects.toMatchObject(refused);
    const plan = as(name, 'apigateway', 'GetUsagePlanKeys', { usagePlanId: target.service.tiers.basic?.planId });
    // AWS answers this with values, and there is no other way from a key to its tier.
    if (name === 'keyDirectory') await expect(plan).resolves.toBeDefined();
    else await expect(plan).rejects.toMatchObject(refused);
  });

  test.each(FUNCTIONS)('%s edits no policy, no switch and no override', async (name) => {
    const input = { Name: '/tidegate/dev/switch', Value: 'run', Type: 'String', Overwrite: true };
    await expect(as(name, 'ssm', 'PutParameter', input)).rejects.toMatchObject(refused);
  });

  test.each(FUNCTIONS)('%s makes no key, drops no plan and deploys nothing', async (name) => {
    const usagePlanId = target.service.tiers.basic?.planId;
    const restApiId = target.service.apiId;
    await expect(as(name, 'apigateway', 'CreateApiKey', { name: 'x' })).rejects.toMatchObject(refused);
    await expect(as(name, 'apigateway', 'DeleteUsagePlan', { usagePlanId })).rejects.toMatchObject(refused);
    await expect(as(name, 'apigateway', 'CreateDeployment', { restApiId })).rejects.toMatchObject(refused);
    await expect(as(name, 'lambda', 'UpdateFunctionCode', { FunctionName: 'tidegate-dev-control' })).rejects.toThrow();
  });

  test('the backend may do nothing at all', async () => {
    const { apiId, stageName } = target.service;
    await expect(as('backend', 'apigateway', 'GetStage', { restApiId: apiId, stageName })).rejects.toMatchObject(
      refused,
    );
    await expect(as('backend', 'kms', 'ListKeys', {})).rejects.toMatchObject(refused);
  });

  test.each(FUNCTIONS)('%s opens nothing with the key by itself', async (name) => {
    const { Keys } = await developer<{ Keys: { KeyId: string }[] }>('kms', 'ListKeys', {});
    const KeyId = Keys[0]?.KeyId;
    const sealed = await developer<{ CiphertextBlob: Uint8Array }>('kms', 'Encrypt', {
      KeyId,
      Plaintext: Buffer.from('x'),
    });
    const { CiphertextBlob } = sealed;
    await expect(as(name, 'kms', 'Decrypt', { KeyId, CiphertextBlob })).rejects.toMatchObject(refused);
    await expect(as(name, 'kms', 'GenerateDataKey', { KeyId })).rejects.toMatchObject(refused);
  });
});

describe('a key’s value', () => {
  /** Everything that the service leaves behind for people to read. */
  async function leftBehind(): Promise<Record<string, string>> {
    const { logGroups } = await developer<{ logGroups: { logGroupName: string }[] }>('logs', 'DescribeLogGroups', {});
    const logs = await Promise.all(
      logGroups.map(({ logGroupName }) => developer('logs', 'FilterLogEvents', { logGroupName, limit: 10_000 })),
    );
    const topic = 'arn:aws:sns:us-east-1:123456789012:tidegate-dev-alarms';
    const QueueUrl = `${target.cloud.endpoint}/123456789012/tidegate-dev-dead-letters`;
    return {
      template: JSON.stringify(await packagedStack().then(({ template }) => template)),
      logs: JSON.stringify(logs),
      notifications: JSON.stringify(target.cloud.services.sns.publishedTo(topic)),
      table: JSON.stringify(await everyItem(target.cloud.aws, 'Scan', { TableName: target.service.stateTable })),
      deadLetters: JSON.stringify(
        await developer('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
      ),
      parameters: JSON.stringify(await developer('ssm', 'GetParametersByPath', { Path: '/tidegate', Recursive: true })),
    };
  }

  test('is in no template, log, notification, state, dead letter or parameter after all functions did all their work', async () => {
    for (const key of keys) await request(target, 'GET', '/data', key);
    await request(target, 'GET', '/nothing', keys[0]);
    await live(target.cloud, 60);
    await exercise(target, new CallWatch(target.cloud.aws));
    const left = await leftBehind();
    for (const [place, text] of Object.entries(left)) {
      expect([place, text.length > 100]).toEqual([place, true]);
      for (const { value } of keys) expect([place, text.includes(value)]).toEqual([place, false]);
    }
    // The ids are what the loop goes by: the search would have found the values.
    expect(left.logs).toContain(keys[0]?.id);
  }, 60_000);
});
