import type { Stage, Stages } from '@aws-sdk/client-api-gateway';
import { deployApi, type Gateway, patchStage, replace, startGateway } from './deployed-api.ts';

let gateway: Gateway;
let restApiId: string;
beforeEach(async () => {
  gateway = await startGateway();
  restApiId = await deployApi(gateway);
});

const update = (...patchOperations: object[]) => patchStage(gateway, restApiId, patchOperations);

const ACCOUNT_RECORD = {
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10000,
  metricsEnabled: false,
  dataTraceEnabled: false,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
};

describe('a stage', () => {
  test('shows at first what AWS shows, and nothing unset', async () => {
    const stage = await gateway.call<Stage>('GetStage', { restApiId, stageName: 'dev' });
    const { deploymentId, createdDate, lastUpdatedDate, ...rest } = stage;
    expect(rest).toEqual({
      stageName: 'dev',
      cacheClusterEnabled: false,
      cacheClusterStatus: 'NOT_AVAILABLE',
      methodSettings: {},
      tracingEnabled: false,
    });
    expect(deploymentId).toHaveLength(6);
    expect(createdDate).toEqual(lastUpdatedDate);
    const { item } = await gateway.call<Stages>('GetStages', { restApiId, deploymentId });
    expect(item).toHaveLength(1);
    expect((await gateway.call<Stages>('GetStages', { restApiId, deploymentId: 'other' })).item).toEqual([]);
  });

  test('one patched field creates a whole record with the account numbers', async () => {
    const { methodSettings } = await update(replace('/*/*/caching/enabled', 'true'));
    expect(methodSettings).toEqual({ '*/*': { ...ACCOUNT_RECORD, cachingEnabled: true } });
  });

  test('a new override copies the default of that moment and is detached from it', async () => {
    const first = await update(
      replace('/*/*/throttling/burstLimit', '123'),
      replace('/*/*/caching/enabled', 'true'),
      replace('/test/GET/throttling/burstLimit', '124'),
    );
    const override = { ...ACCOUNT_RECORD, throttlingBurstLimit: 124, cachingEnabled: true };
    expect(first.methodSettings?.['test/GET']).toEqual(override);
    const second = await update(replace('/*/*/throttling/burstLimit', '100'));
    expect(second.methodSettings?.['*/*']?.throttlingBurstLimit).toBe(100);
    expect(second.methodSettings?.['test/GET']).toEqual(override);
  });

  test('keeps the first spelling of a method and finds it under any', async () => {
    await update(replace('/~1orders/POST/throttling/rateLimit', '50.5'));
    const { methodSettings } = await update(replace('/orders/POST/throttling/rateLimit', '40'));
    expect(Object.keys(methodSettings ?? {})).toEqual(['~1orders/POST']);
    expect(methodSettings?.['~1orders/POST']?.throttlingRateLimit).toBe(40);
    expect((await update({ op: 'remove', path: '/orders/POST' })).methodSettings).toEqual({});
  });

  test('access logging: each part by itself, both removed together', async () => {
    const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:absent';
    const { accessLogSettings } = await update({ op: 'add', path: '/accessLogSettings/destinationArn', value: arn });
    expect(accessLogSettings).toEqual({ destinationArn: arn });
    expect((await update(replace('/accessLogSettings/format', 'x'))).accessLogSettings).toHaveProperty('format', 'x');
    expect(await update({ op: 'remove', path: '/accessLogSettings' })).not.toHaveProperty('accessLogSettings');
  });

  test('a canary is promoted by a copy, in the order of the operations', async () => {
    const stage = await update(
      replace('/canarySettings/percentTraffic', '0.0'),
      replace('/canarySettings/stageVariableOverrides/colour', 'blue'),
      { op: 'copy', path: '/variables', from: '/canarySettings/stageVariableOverrides' },
    );
    expect(stage.variables).toEqual({ colour: 'blue' });
    expect(stage.canarySettings).toMatchObject({ deploymentId: stage.deploymentId, useStageCache: false });
  });

  const noSetting = (path: string) =>
    `Cannot remove method setting ${path} because there is no method setting for this method `;
  const badLogPath =
    'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]';
  test.each([
    [{ op: 'remove', path: '/*/*' }, noSetting('*/*')],
    [{ op: 'remove', path: '/accessLogSettings/destinationArn' }, noSetting('accessLogSettings/destinationArn')],
    [{ op: 'remove', path: '/canarySettings/badPath' }, noSetting('canarySettings/badPath')],
    [{ op: 'add', path: '/accessLogSettings', value: 'x' }, badLogPath],
    [replace('/accessLogSettings/randomValue', 'x'), badLogPath],
    [replace('/accessLogSettings/format', ''), 'Access Log value must not be empty'],
    [replace('/accessLogSettings/destinationArn', 'arn:x:*'), 'Invalid ARN specified in the request: arn:x:*'],
    [
      { op: 'add', path: '/canarySettings/deploymentId', value: 'x' },
      'Invalid add operation with path: /canarySettings/deploymentId',
    ],
    [replace('/canarySettings/deploymentId', 'x'), 'Deployment id does not exist'],
    [
      { op: 'copy', path: '/deploymentId', from: '/canarySettings/deploymentId' },
      'Promotion not available. Canary does not exist.',
    ],
    [
      { op: 'copy', path: '/description', from: '/name' },
      'Invalid copy operation with path: /description and from /name. Valid copy:path are [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]',
    ],
  ])('refuses %j in the words of AWS', async (operation, message) => {
    await expect(update(operation)).rejects.toMatchObject({ code: 'BadRequestException', message, status: 400 });
  });

  test.each([
    '/documentation_version',
    '/tags/tag1',
    '/canarySettings',
    '/canarySettings/badPath',
    '/*/GET/metrics/enabled',
  ])('lists what may be replaced when asked for %s', async (path) => {
    const start = `Invalid method setting path: ${path}. Must be one of: [/deploymentId, /description, `;
    const rejection = update(replace(path, 'x'));
    await expect(rejection).rejects.toThrow(start);
    await expect(rejection).rejects.toThrow('/variables/{variable_name}, /tracingEnabled]');
  });

  test('names every operation that does not exist, and changes nothing', async () => {
    const bad = update(replace('/description', 'new'), { op: 'x', path: '/a' }, { op: 'y', path: '/b' });
    await expect(bad).rejects.toMatchObject({
      code: 'ValidationException',
      message:
        "2 validation errors detected: Value 'x' at 'updateStageInput.patchOperations.2.member.op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]; " +
        "Value 'y' at 'updateStageInput.patchOperations.3.member.op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]",
    });
    expect(await gateway.call('GetStage', { restApiId, stageName: 'dev' })).not.toHaveProperty('description');
  });

  test.each([
    ['/*/*/throttling/rateLimit', '10001'],
    ['/*/*/throttling/rateLimit', 'fast'],
    ['/*/*/throttling/burstLimit', '2.5'],
    ['/*/*/throttling/burstLimit', '-2'],
  ])('takes no %s of %s, and a refused patch changes nothing', async (path, value) => {
    await expect(update(replace('/description', 'new'), replace(path, value))).rejects.toThrow('Invalid value');
    expect(await gateway.call('GetStage', { restApiId, stageName: 'dev' })).not.toHaveProperty('description');
  });
});

describe('a deployment', () => {
  test('repoints the stage that exists and keeps its limits', async () => {
    await update(replace('/*/*/throttling/rateLimit', '50'));
    const { id } = await gateway.call<{ id: string }>('CreateDeployment', { restApiId, stageName: 'dev' });
    const stage = await gateway.call<Stage>('GetStage', { restApiId, stageName: 'dev' });
    expect(stage.deploymentId).toBe(id);
    expect(stage.methodSettings?.['*/*']?.throttlingRateLimit).toBe(50);
    await expect(gateway.call('DeleteDeployment', { restApiId, deploymentId: id })).rejects.toThrow(
      'Active stages pointing to this deployment must be moved or deleted',
    );
  });

  test('is described anew without being deployed anew', async () => {
    const { deploymentId } = await gateway.call<Stage>('GetStage', { restApiId, stageName: 'dev' });
    const patchOperations = [replace('/description', 'second')];
    await gateway.call('UpdateDeployment', { restApiId, deploymentId, patchOperations });
    expect(await gateway.call('GetDeployment', { restApiId, deploymentId, embed: ['apisummary'] })).toMatchObject({
      description: 'second',
      apiSummary: { '/data': { GET: { apiKeyRequired: true } }, '/orders': { OPTIONS: { apiKeyRequired: false } } },
    });
  });

  test('needs methods, each with an integration', async () => {
    const empty = await gateway.call<{ id: string; rootResourceId: string }>('CreateRestApi', { name: 'empty' });
    const target = { restApiId: empty.id, resourceId: empty.rootResourceId, httpMethod: 'GET' };
    const deploy = () => gateway.call('CreateDeployment', { restApiId: empty.id });
    await expect(deploy()).rejects.toThrow("The REST API doesn't contain any methods");
    await gateway.call('PutMethod', { ...target, authorizationType: 'NONE' });
    await expect(deploy()).rejects.toThrow('No integration defined for method');
  });

  test('an unknown API is named with its account', async () => {
    await expect(gateway.call('GetStages', { restApiId: 'nope' })).rejects.toMatchObject({
      code: 'NotFoundException',
      message: 'Invalid API identifier specified 123456789012:nope',
      status: 404,
    });
  });
});
