import type { Account, GatewayResponse, GatewayResponses, Stage, Tags } from '@aws-sdk/client-api-gateway';
import type { Caller } from '../../../kernel/aws.ts';
import { MANAGEMENT_QUOTAS } from '../../../services/apigateway/management-quotas.ts';
import { addPlan, deployApi, type Gateway, replace, startGateway } from './deployed-api.ts';

let gateway: Gateway;
let restApiId: string;
beforeEach(async () => {
  gateway = await startGateway();
  restApiId = await deployApi(gateway);
});

const PLAN_WRITER: Caller = {
  kind: 'function',
  functionName: 'tidegate-dev-planWriter',
  roleArn: 'arn:aws:iam::1:role/x',
};

describe('management quotas', () => {
  test('one UpdateUsagePlan in 20 s for the whole account; refusals say when to come back and are counted', async () => {
    const { usagePlanId } = await addPlan(gateway, restApiId);
    const input = { usagePlanId, patchOperations: [replace('/throttle/rateLimit', '5')] };
    await gateway.callAsDeveloper('UpdateUsagePlan', input);
    await gateway.wait(5_000);
    await expect(gateway.callAs(PLAN_WRITER, 'UpdateUsagePlan', input)).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
      members: { retryAfterSeconds: '15' },
    });
    await gateway.wait(15_000);
    await gateway.callAs(PLAN_WRITER, 'UpdateUsagePlan', input);
    expect(gateway.service.rejectedManagementCalls).toEqual([
      { operation: 'UpdateUsagePlan', caller: 'tidegate-dev-planWriter', count: 1 },
    ]);
    const writes = gateway.service.acceptedWrites.map(({ operation, target, caller }) => [operation, target, caller]);
    expect(writes).toEqual([
      ['UpdateUsagePlan', usagePlanId, 'developer'],
      ['UpdateUsagePlan', usagePlanId, 'tidegate-dev-planWriter'],
    ]);
  });

  test('all operations share 40 at once and 10 a second', async () => {
    const get = () => gateway.callAsDeveloper('GetStages', { restApiId });
    for (let count = 0; count < MANAGEMENT_QUOTAS.everyOperation.burst; count++) await get();
    await expect(get()).rejects.toMatchObject({ code: 'TooManyRequestsException' });
    await gateway.wait(100);
    await get();
    await expect(get()).rejects.toMatchObject({ code: 'TooManyRequestsException' });
  });

  test('a call that fails has spent its token, a refused one has not; CloudFormation is exempt', async () => {
    const create = { restApiId, stageName: 'dev' };
    for (let count = 0; count < 3; count++) await gateway.call('CreateDeployment', create);
    await gateway.callAsDeveloper('CreateDeployment', create);
    await gateway.wait(4_999);
    await expect(gateway.callAsDeveloper('CreateDeployment', create)).rejects.toThrow('Too Many Requests');
    await gateway.wait(1);
    await gateway.callAsDeveloper('CreateDeployment', create);
  });
});

describe('permissions are verbs on paths', () => {
  test.each([
    ['UpdateStage', { restApiId: 'a1', stageName: 'dev' }, 'PATCH', '/restapis/a1/stages/dev'],
    ['GetUsagePlans', {}, 'GET', '/usageplans'],
    ['GetUsagePlanKeys', { usagePlanId: 'p1' }, 'GET', '/usageplans/p1/keys'],
    ['CreateDeployment', { restApiId: 'a1' }, 'POST', '/restapis/a1/deployments'],
    [
      'PutGatewayResponse',
      { restApiId: 'a1', responseType: 'THROTTLED' },
      'PUT',
      '/restapis/a1/gatewayresponses/THROTTLED',
    ],
    ['GetAccount', {}, 'GET', '/account'],
  ])('%s', (operation, input, verb, path) => {
    expect(gateway.service.permission(operation, input)).toEqual({
      action: `apigateway:${verb}`,
      resources: [`arn:aws:apigateway:us-east-1::${path}`],
    });
  });

  test('every operation has one', () => {
    for (const operation of Object.keys(gateway.service.operations)) {
      expect(gateway.service.permission(operation, {}).action).toMatch(/^apigateway:(GET|PUT|POST|PATCH|DELETE)$/);
    }
  });
});

test('the account shows its throttle', async () => {
  const account = await gateway.call<Account>('GetAccount', {});
  expect(account).toMatchObject({
    throttleSettings: { rateLimit: 10_000, burstLimit: 5_000 },
    features: ['UsagePlans'],
  });
  expect(account.cloudwatchRoleArn).toMatch(/^arn:aws:iam::/);
});

test('tags of a stage appear on it only while it has some', async () => {
  const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}/stages/dev`;
  await gateway.call('TagResource', { resourceArn, tags: { team: 'a' } });
  expect(await gateway.call<Tags>('GetTags', { resourceArn })).toEqual({ tags: { team: 'a' } });
  await gateway.call('UntagResource', { resourceArn, tagKeys: ['team'] });
  expect(await gateway.call<Stage>('GetStage', { restApiId, stageName: 'dev' })).not.toHaveProperty('tags');
});

describe('gateway responses', () => {
  const list = async () => (await gateway.call<GatewayResponses>('GetGatewayResponses', { restApiId })).items ?? [];

  test('are listed, all 21, in the order of the alphabet', async () => {
    const types = (await list()).map(({ responseType }) => String(responseType));
    expect(types).toHaveLength(21);
    expect(types).toEqual([...types].sort());
    expect((await list()).find(({ responseType }) => responseType === 'THROTTLED')).toEqual({
      responseType: 'THROTTLED',
      statusCode: '429',
      responseParameters: {},
      responseTemplates: { 'application/json': '{"message":$context.error.messageString}' },
      defaultResponse: true,
    });
  });

  test('a customised default shows through in what nobody customised', async () => {
    const put = (input: object) => gateway.call<GatewayResponse>('PutGatewayResponse', { restApiId, ...input });
    await put({ responseType: 'DEFAULT_5XX', statusCode: '599' });
    await put({ responseType: 'AUTHORIZER_FAILURE', responseParameters: { 'gatewayresponse.header.a': "'b'" } });
    const byType = new Map((await list()).map((one) => [String(one.responseType), one]));
    expect(byType.get('INTEGRATION_FAILURE')).toMatchObject({ statusCode: '599', defaultResponse: true });
    expect(byType.get('AUTHORIZER_FAILURE')).toMatchObject({ statusCode: '500', defaultResponse: false });
    expect(byType.get('THROTTLED')).toMatchObject({ statusCode: '429' });
  });

  test('patches as recorded', async () => {
    const update = (responseType: string, ...patchOperations: object[]) =>
      gateway.call<GatewayResponse>('UpdateGatewayResponse', { restApiId, responseType, patchOperations });
    const patched = await update('DEFAULT_4XX', replace('/statusCode', '444'), {
      op: 'add',
      path: '/responseTemplates/application~1xml',
      value: '<x/>',
    });
    expect(patched).toMatchObject({ statusCode: '444', defaultResponse: false });
    expect(patched.responseTemplates).toHaveProperty(['application/xml'], '<x/>');
    for (const [operation, message] of [
      [{ op: 'add', path: '/statusCode', value: '400' }, 'Invalid patch path /statusCode'],
      [replace('/wrongPath', 'x'), 'Invalid patch path /wrongPath'],
      [{ op: 'replace' }, 'Invalid patch path null'],
      [replace('/responseParameters/gatewayresponse.header.none', 'x'), 'Invalid parameter name specified'],
    ] as const) {
      await expect(update('THROTTLED', operation)).rejects.toThrow(message);
    }
    const remove = () => gateway.call('DeleteGatewayResponse', { restApiId, responseType: 'DEFAULT_4XX' });
    await remove();
    await expect(remove()).rejects.toThrow('Gateway response type not defined on api');
  });
});
