import { deployService } from '../../rehearsal/deploy/deploy.ts';
import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { asDeveloper, deployed } from '../support/e2e/deployed.ts';
import { sls } from '../support/e2e/framework.ts';
import { type Key, keyOf, request } from '../support/e2e/gateway.ts';

const TIERS = ['premium', 'standard', 'basic', 'internal'] as const;

let target: Deployed;
let keys: Record<(typeof TIERS)[number], Key>;
beforeAll(async () => {
  target = await deployed();
  const { cloud } = target;
  const [premium, standard, basic, internal] = await Promise.all(TIERS.map((tier) => keyOf(cloud, tier)));
  keys = { premium, standard, basic, internal } as typeof keys;
}, 60_000);
afterAll(() => target.cloud.close());

const developer = <Output>(service: string, operation: string, input: object) =>
  asDeveloper<Output>(target.cloud, service, operation, input);

describe('a first deploy', () => {
  test('puts the stage baseline in force before control ever wrote', () => {
    const { acceptedWrites } = target.cloud.services.apigateway;
    expect(acceptedWrites[0]).toMatchObject({
      operation: 'UpdateStage',
      caller: 'cloudformation.amazonaws.com',
      patchOperations: [
        { op: 'replace', path: '/*/*/metrics/enabled', value: 'true' },
        { op: 'replace', path: '/*/*/throttling/rateLimit', value: '2000' },
        { op: 'replace', path: '/*/*/throttling/burstLimit', value: '5000' },
      ],
    });
  });

  test('logs accesses as JSON, and no data', async () => {
    const { apiId, stageName } = target.service;
    interface Stage {
      readonly accessLogSettings: { readonly destinationArn: string; readonly format: string };
      readonly methodSettings: Record<string, { dataTraceEnabled: boolean; loggingLevel: string }>;
    }
    const stage = await developer<Stage>('apigateway', 'GetStage', { restApiId: apiId, stageName });
    expect(stage.accessLogSettings.destinationArn).toMatch(/:log-group:\/aws\/api-gateway\/tidegate-dev$/);
    const fields = Object.keys(JSON.parse(stage.accessLogSettings.format) as object);
    expect(fields).toEqual(expect.arrayContaining(['requestId', 'timeEpochMs', 'status', 'errorType', 'apiKeyId']));
    expect(fields.filter((field) => !/^[A-Za-z0-9]+$/.test(field))).toEqual([]);
    for (const settings of Object.values(stage.methodSettings)) {
      expect(settings).toMatchObject({ dataTraceEnabled: false, loggingLevel: 'OFF' });
    }
  });

  test('gives every tier its plan, its limits and one key', async () => {
    interface Plan {
      readonly id: string;
      readonly name: string;
      readonly throttle: { readonly rateLimit: number; readonly burstLimit: number };
      readonly quota?: object;
    }
    const { items } = await developer<{ items: Plan[] }>('apigateway', 'GetUsagePlans', {});
    const limits = items.map(({ name, throttle, quota }) => [name, throttle.rateLimit, throttle.burstLimit, quota]);
    expect(new Set(limits)).toEqual(
      new Set([
        ['tidegate-premium-dev', 2000, 5000, undefined],
        ['tidegate-standard-dev', 500, 1000, undefined],
        ['tidegate-basic-dev', 100, 200, undefined],
        ['tidegate-internal-dev', 200, 400, undefined],
      ]),
    );
    for (const { id, name } of items) {
      const input = { usagePlanId: id };
      const attached = await developer<{ items: { name: string }[] }>('apigateway', 'GetUsagePlanKeys', input);
      const tier = name.split('-').at(1);
      expect(attached.items.map((key) => key.name)).toEqual([`tidegate-dev-${tier}-1`]);
    }
  });

  test('keeps its artifacts in a bucket that nobody can make public', async () => {
    const bucket = { StackName: 'tidegate-dev', LogicalResourceId: 'ServerlessDeploymentBucket' };
    const { StackResourceDetail } = await developer<{ StackResourceDetail: { PhysicalResourceId: string } }>(
      'cloudformation',
      'DescribeStackResource',
      bucket,
    );
    const input = { Bucket: StackResourceDetail.PhysicalResourceId };
    expect(await developer('s3', 'GetPublicAccessBlock', input)).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  test('shows no key value: not in its output, the template, the stack events or any log', async () => {
    const StackName = 'tidegate-dev';
    const template = await developer<{ TemplateBody: string }>('cloudformation', 'GetTemplate', { StackName });
    const resources = await developer('cloudformation', 'DescribeStackResources', { StackName });
    const events: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const page: { NextToken?: string } = await developer('cloudformation', 'DescribeStackEvents', {
        StackName,
        NextToken,
      });
      events.push(page);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    const logs = await developer('logs', 'FilterLogEvents', { logGroupName: '/aws/lambda/tidegate-dev-keyDirectory' });
    const shown = [target.lines.join('\n'), template.TemplateBody, JSON.stringify([resources, events, logs])].join(
      '\n',
    );
    expect(shown).toContain('tidegate-dev-premium-1');
    for (const { value } of Object.values(keys)) {
      expect(value).toMatch(/^[A-Za-z0-9]{20,}$/);
      expect(shown).not.toContain(value);
    }
  });

  test('brings alarms that speak to a topic, queues for what is lost, a table that forgets and recovers', async () => {
    const { MetricAlarms } = await developer<{ MetricAlarms: { AlarmName: string; AlarmActions: string[] }[] }>(
      'monitoring',
      'DescribeAlarms',
      {},
    );
    const { Topics } = await developer<{ Topics: { TopicArn: string }[] }>('sns', 'ListTopics', {});
    expect(Topics.map(({ TopicArn }) => TopicArn.split(':').at(-1))).toEqual(['tidegate-dev-alarms']);
    const names = MetricAlarms.map(({ AlarmName }) => AlarmName.replace('tidegate-dev-', ''));
    const throttles = TIERS.map((tier) => `throttles-${tier}`);
    const wanted = ['client-error-share', 'server-error-share', 'backend-latency', 'heartbeat-missing', ...throttles];
    expect(names).toEqual(expect.arrayContaining(wanted));
    for (const { AlarmActions } of MetricAlarms) expect(AlarmActions).toEqual([Topics[0]?.TopicArn]);
    const { QueueUrls } = await developer<{ QueueUrls: string[] }>('sqs', 'ListQueues', {});
    const queues = QueueUrls.map((url) => url.split('/').at(-1)).sort();
    expect(queues).toEqual(['dead-letters', 'fail-safe', 'looks', 'plan-writes'].map((name) => `tidegate-dev-${name}`));
    const TableName = target.service.stateTable;
    const expiry = await developer('dynamodb', 'DescribeTimeToLive', { TableName });
    expect(expiry).toMatchObject({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' },
    });
    const backups = await developer('dynamodb', 'DescribeContinuousBackups', { TableName });
    expect(JSON.stringify(backups)).toContain('"PointInTimeRecoveryStatus":"ENABLED"');
  });
});

describe('the deployed API', () => {
  test.each(['/data', '/orders', '/health'])('answers nobody without a key: %s', async (path) => {
    const response = await request(target, path === '/orders' ? 'POST' : 'GET', path);
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ message: 'Forbidden' });
  });

  test('answers the basic key as the brief asks', async () => {
    const response = await request(target, 'GET', '/data', keys.basic);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      message: 'Hello from throttled API!',
      timestamp: expect.any(Number),
      requestId: expect.any(String),
      region: 'us-east-1',
    });
  });

  test('takes orders and says that it is well', async () => {
    const order = await request(target, 'POST', '/orders', keys.standard);
    expect([order.status, await order.json()]).toEqual([
      201,
      { orderId: expect.any(String), timestamp: expect.any(Number) },
    ]);
    const health = await request(target, 'GET', '/health', keys.internal);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok', timestamp: expect.any(Number) }]);
  });
});

describe('the framework against the deployed service', () => {
  test('info, invoke, logs and another deploy', async () => {
    const { cloud } = target;
    await asDeveloper(cloud, 'lambda', 'Invoke', { FunctionName: 'tidegate-dev-control', Payload: Buffer.from('{}') });
    const event = JSON.stringify({ httpMethod: 'GET', resource: '/health' });
    const [info, invoked, logged] = await Promise.all([
      sls(cloud, 'info', '--conceal'),
      sls(cloud, 'invoke', '-f', 'backend', '--data', event),
      sls(cloud, 'logs', '-f', 'control'),
    ]);
    expect(info).toContain('tidegate-dev-premium-1');
    for (const { value } of Object.values(keys)) expect(info).not.toContain(value);
    expect(JSON.parse(invoked.slice(invoked.indexOf('{')))).toMatchObject({ statusCode: 200 });
    expect(logged).toContain('Decided.');
    await deployService({ endpoint: cloud.endpoint });
    const after = await request(target, 'GET', '/data', keys.basic);
    expect(after.status).toBe(200);
    expect(target.failures).toEqual([]);
  }, 60_000);
});
