import type { Caller } from '@tidegate/embedded-aws/kernel';
import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import { CallWatch } from '../support/e2e/call-watch.ts';
import { decisionsSince } from '../support/e2e/decisions.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { keyOf, rush, stageLimit, writeStage } from '../support/e2e/gateway.ts';

const YEAR_2099 = Date.UTC(2099, 0, 1);

let target: Deployed;
beforeEach(async () => {
  target = await deployedInProcess();
  await live(target.cloud, 90);
});
afterEach(() => target.cloud.close());

const developer = <Output>(service: string, operation: string, input: object) =>
  asDeveloper<Output>(target.cloud, service, operation, input);

/** Calls as whoever has got hold of a function's credentials. */
async function as(name: string, service: string, operation: string, input: object): Promise<unknown> {
  const FunctionName = `tidegate-dev-${name}`;
  const { Configuration } = await developer<{ Configuration: { Role: string } }>('lambda', 'GetFunction', {
    FunctionName,
  });
  const caller: Caller = { kind: 'function', functionName: FunctionName, roleArn: Configuration.Role };
  return await target.cloud.aws.call(caller, service, operation, input);
}

const lookNow = (Source = 'tidegate.telemetry') => ({
  Source,
  DetailType: 'Tidegate Look Now',
  Detail: JSON.stringify({ apiId: target.service.apiId, stage: 'dev', reason: 'forged' }),
});

const own = () => `API#${target.service.apiId}/dev`;
const set = (sk: string, name: string, value: object, pk = own()) =>
  developer('dynamodb', 'UpdateItem', {
    TableName: target.service.stateTable,
    Key: { pk: { S: pk }, sk: { S: sk } },
    UpdateExpression: 'SET #name = :value',
    ExpressionAttributeNames: { '#name': name },
    ExpressionAttributeValues: { ':value': value },
  });

const override = (Value: string) =>
  developer('ssm', 'PutParameter', {
    Name: `${target.service.parameterPrefix}/overrides/default`,
    Value,
    Type: 'String',
    Overwrite: true,
  });

test('three hundred forged look-nows in a minute cause one look in ten seconds, and the last is not lost', async () => {
  const sinceMs = target.cloud.clock.now();
  for (let second = 0; second < 60; second++) {
    await as('telemetry', 'events', 'PutEvents', { Entries: [1, 2, 3, 4, 5].map(() => lookNow()) });
    await live(target.cloud, 1);
  }
  const lastMs = target.cloud.clock.now();
  await live(target.cloud, 15);
  const decisions = await decisionsSince(target, sinceMs);
  const looks = decisions.filter(({ trigger }) => trigger === 'look-now');
  expect(looks.length).toBeGreaterThanOrEqual(6);
  expect(looks.length).toBeLessThanOrEqual(8);
  expect(looks.at(-1)?.atMs).toBeGreaterThan(lastMs - 1_000);
  for (const [index, { atMs }] of looks.slice(1).entries()) {
    expect(atMs - (looks[index]?.atMs ?? 0)).toBeGreaterThanOrEqual(9_500);
  }
  expect(decisions.map(({ rule }) => rule)).not.toContain('management-crowded');
  expect(target.failures).toEqual([]);
});

test('no function announces anything in another’s name, not even in one call with its own', async () => {
  const refused = { name: 'AccessDeniedException' };
  for (const name of ['control', 'failSafe', 'planWriter', 'keyDirectory', 'backend']) {
    await expect(as(name, 'events', 'PutEvents', { Entries: [lookNow()] })).rejects.toMatchObject(refused);
  }
  await expect(
    as('telemetry', 'events', 'PutEvents', { Entries: [lookNow(), lookNow('tidegate.control')] }),
  ).rejects.toMatchObject(refused);
});

test('no function writes into another’s partition, nor asks for a whole table', async () => {
  const refused = { name: 'AccessDeniedException' };
  const { stateTable: TableName } = target.service;
  const put = (pk: string) => ({ TableName, Item: { pk: { S: pk }, sk: { S: 'lease' } } });
  for (const name of ['telemetry', 'planWriter', 'keyDirectory']) {
    await expect(as(name, 'dynamodb', 'PutItem', put(own()))).rejects.toMatchObject(refused);
    await expect(as(name, 'dynamodb', 'PutItem', put('DESIRED'))).rejects.toMatchObject(refused);
  }
  for (const pk of ['WRITER#account', 'LOOK#a/b', 'WINDOW#a/b', 'DIRECTORY#a/b']) {
    await expect(as('control', 'dynamodb', 'PutItem', put(pk))).rejects.toMatchObject(refused);
  }
  await expect(as('control', 'dynamodb', 'Scan', { TableName })).rejects.toMatchObject(refused);
});

test('a kill is carried out within seconds, whatever lease and backoff until the year 2099 stand in the table', async () => {
  await set('lease', 'until', { N: String(YEAR_2099) });
  await set('backoff', 'untilMs', { N: String(YEAR_2099) });
  await override('{"action":"kill"}');
  await live(target.cloud, 5);
  expect(stageLimit(target)?.rateRps).toBeLessThanOrEqual(100);
});

test('a law state of the wrong shape is set aside, and the operator hears of it', async () => {
  await set('law', 'record', { S: '{"state":{"tracker":{}}}' });
  const sinceMs = target.cloud.clock.now();
  await live(target.cloud, 130);
  const decisions = await decisionsSince(target, sinceMs);
  expect(decisions.filter(({ rule }) => rule === 'state-set-aside')).toHaveLength(1);
  expect(decisions.filter(({ trigger, rule }) => trigger === 'schedule' && rule !== 'state-set-aside')).toHaveLength(2);
  const topic = 'arn:aws:sns:us-east-1:123456789012:tidegate-dev-alarms';
  expect(JSON.stringify(target.cloud.services.sns.publishedTo(topic))).toContain('state-set-aside');
});

test('ticks go on after a line of the key `constructor`', async () => {
  const logGroupName = '/aws/api-gateway/tidegate-dev';
  const sinceMs = target.cloud.clock.now();
  rush(target, (await keyOf(target.cloud, 'basic')).id, 50);
  await live(target.cloud, 30);
  const { events } = await developer<{ events: { message: string; logStreamName: string }[] }>(
    'logs',
    'FilterLogEvents',
    { logGroupName, limit: 1 },
  );
  const { message = '', logStreamName } = events[0] ?? {};
  const logEvents = ['constructor', 'toString', '__proto__', 'hasOwnProperty'].map((apiKeyId) => ({
    timestamp: target.cloud.clock.now(),
    message: message.replace(/"apiKeyId":"[^"]*"/, `"apiKeyId":"${apiKeyId}"`),
  }));
  await developer('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents });
  await live(target.cloud, 150);
  const decisions = await decisionsSince(target, sinceMs);
  expect(decisions.filter(({ trigger }) => trigger === 'schedule')).toHaveLength(3);
  expect(decisions.at(-1)?.verdict).not.toBe('blind');
  expect(target.failures).toEqual([]);
});

test('a tick that throws every time rings within five minutes, and the fail-safe acts within one more', async () => {
  const watch = new CallWatch(target.cloud.aws);
  await writeStage(target, { rateRps: 100, burst: 25 });
  watch.outage = 'dynamodb:GetItem';
  const sinceMs = target.cloud.clock.now();
  const { id } = await keyOf(target.cloud, 'internal');
  let rungMs: number | undefined;
  for (let second = 0; second < 420; second += 20) {
    rush(target, id, 10);
    await live(target.cloud, 20);
    const { MetricAlarms } = await developer<{ MetricAlarms: { StateValue: string }[] }>(
      'monitoring',
      'DescribeAlarms',
      { AlarmNames: ['tidegate-dev-heartbeat-missing'] },
    );
    if (MetricAlarms[0]?.StateValue === 'ALARM') rungMs ??= target.cloud.clock.now() - sinceMs;
  }
  expect(rungMs).toBeLessThanOrEqual(300_000);
  const writes = target.cloud.services.apigateway.acceptedWrites.filter(({ caller }) => caller.endsWith('failSafe'));
  expect((writes[0]?.atMs ?? Number.POSITIVE_INFINITY) - sinceMs).toBeLessThanOrEqual((rungMs ?? 0) + 60_000);
});
