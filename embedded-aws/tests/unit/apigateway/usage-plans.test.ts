import type { ApiKey, ApiKeys, UsagePlan, UsagePlanKeys, UsagePlans } from '@aws-sdk/client-api-gateway';
import { addPlan, deployApi, type Gateway, replace, startGateway } from './deployed-api.ts';

let gateway: Gateway;
let restApiId: string;
let usagePlanId: string;
let keyId: string;
beforeEach(async () => {
  gateway = await startGateway();
  restApiId = await deployApi(gateway);
  ({ usagePlanId, keyId } = await addPlan(gateway, restApiId));
});

const update = (...patchOperations: object[]) =>
  gateway.call<UsagePlan>('UpdateUsagePlan', { usagePlanId, patchOperations });

describe('a usage plan', () => {
  test('replace creates throttle and quota where there were none', async () => {
    const plan = await update(
      replace('/throttle/burstLimit', '100'),
      replace('/throttle/rateLimit', '200'),
      replace('/quota/period', 'MONTH'),
      replace('/quota/limit', '5000'),
    );
    expect(plan).toEqual({
      id: usagePlanId,
      name: 'basic',
      apiStages: [{ apiId: restApiId, stage: 'dev' }],
      throttle: { burstLimit: 100, rateLimit: 200 },
      quota: { limit: 5000, offset: 0, period: 'MONTH' },
      tags: {},
    });
    const { items } = await gateway.call<UsagePlans>('GetUsagePlans', { keyId });
    expect(items?.[0]).not.toHaveProperty('tags');
    expect(await update({ op: 'remove', path: '/throttle' })).not.toHaveProperty('throttle');
  });

  test('limits of methods: one by one in either spelling, or the whole map', async () => {
    const stage = `/apiStages/${restApiId}:dev/throttle`;
    await update(replace(`${stage}/~1orders/POST/rateLimit`, '5'), replace(`${stage}//orders/POST/burstLimit`, '7'));
    const whole = await update(
      replace(stage, '{"/orders/POST":{"rateLimit":1,"burstLimit":2},"//GET":{"rateLimit":3,"burstLimit":4}}'),
    );
    expect(whole.apiStages?.[0]?.throttle).toEqual({
      '/orders/POST': { rateLimit: 1, burstLimit: 2 },
      '//GET': { rateLimit: 3, burstLimit: 4 },
    });
    const one = await update({ op: 'remove', path: `${stage}/~1orders/POST` });
    expect(Object.keys(one.apiStages?.[0]?.throttle ?? {})).toEqual(['//GET']);
    expect((await update({ op: 'remove', path: stage })).apiStages).toEqual([{ apiId: restApiId, stage: 'dev' }]);
    await expect(update(replace(`${stage}/*/*/rateLimit`, '5'))).rejects.toMatchObject({ code: 'BadRequestException' });
  });

  test.each([
    [{ op: 'remove', path: '/apiStages' }, 'Invalid API Stage specified'],
    [{ op: 'remove', path: '/apiStages', value: 'nocolon' }, 'Invalid API Stage specified'],
    [
      { op: 'remove', path: '/apiStages', value: 'no:where' },
      'Invalid API Stage {api: no, stage: where} specified for usageplan',
    ],
    [
      { op: 'add', path: '/apiStages', value: 'no:where' },
      'Invalid API Stage {api: no, stage: where} specified for usageplan',
    ],
    [
      { op: 'remove', path: '/apiStages/x:dev' },
      "Invalid patch path  '/apiStages/x:dev' specified for op 'remove'. Must be one of: [/apiStages, /quota, ",
    ],
    [replace('/throttle/rateLimit', '10001'), "Invalid value '10001' specified for rateLimit"],
    [replace('/quota/period', 'YEAR'), "Invalid quota period 'YEAR' specified"],
  ])('refuses %j and stays as it was', async (operation, message) => {
    await expect(update(replace('/description', 'new'), operation)).rejects.toThrow(message);
    expect(await gateway.call('GetUsagePlan', { usagePlanId })).not.toHaveProperty('description');
  });

  test('goes only when no stage is left in it', async () => {
    await expect(gateway.call('DeleteUsagePlan', { usagePlanId })).rejects.toThrow(
      `Cannot delete Usage Plan ${usagePlanId} because there are API Stages associated with it, including ${restApiId}:dev`,
    );
    await update({ op: 'remove', path: '/apiStages', value: `${restApiId}:dev` });
    await gateway.call('DeleteUsagePlan', { usagePlanId });
    await expect(gateway.call('GetUsagePlan', { usagePlanId })).rejects.toThrow('Invalid Usage Plan ID specified');
    const keys = await gateway.call<UsagePlanKeys>('GetUsagePlanKeys', { usagePlanId });
    expect(keys).toEqual({ items: [] });
  });
});

describe('API keys', () => {
  test('get a value of 40 characters, shown at creation and on demand only', async () => {
    const key = await gateway.call<ApiKey>('CreateApiKey', { name: 'new', value: '' });
    expect(key).toMatchObject({ name: 'new', enabled: false, stageKeys: [] });
    expect(key.value).toHaveLength(40);
    expect(await gateway.call('GetApiKey', { apiKey: key.id })).not.toHaveProperty('value');
    expect(await gateway.call('GetApiKey', { apiKey: key.id, includeValue: true })).toHaveProperty('value', key.value);
    const updated = await gateway.call<ApiKey>('UpdateApiKey', {
      apiKey: key.id,
      patchOperations: [replace('/enabled', 'yes')],
    });
    expect(updated).toMatchObject({ enabled: false, tags: {} });
    expect(updated).not.toHaveProperty('value');
  });

  test.each([
    [{ name: 'n'.repeat(1025) }, 'Invalid API Key name, can be at most 1024 characters.'],
    [{ value: 'short' }, 'API Key value should be at least 20 characters'],
    [{ value: 'v'.repeat(129) }, 'API Key value exceeds maximum size of 128 characters'],
    [{ description: 'd'.repeat(125_001) }, 'Invalid API Key description specified.'],
  ])('%# is refused in the words of AWS', async (input, message) => {
    await expect(gateway.call('CreateApiKey', input)).rejects.toMatchObject({ code: 'BadRequestException', message });
  });

  test('are listed newest first, by a prefix that heeds case, in pages', async () => {
    await gateway.call('CreateApiKey', { name: 'basic-2' });
    await gateway.call('CreateApiKey', { name: 'Basic-3' });
    const first = await gateway.call<ApiKeys>('GetApiKeys', { nameQuery: 'basic', limit: 1 });
    expect(first.items?.map(({ name }) => name)).toEqual(['basic-2']);
    const second = await gateway.call<ApiKeys>('GetApiKeys', { nameQuery: 'basic', position: first.position });
    expect(second.items?.map(({ name }) => name)).toEqual(['basic-1']);
    expect(second).not.toHaveProperty('position');
    expect((await gateway.call<ApiKeys>('GetApiKeys', { nameQuery: 'asic' })).items).toEqual([]);
  });

  test('cannot be in two plans of one stage, and leave their plan when deleted', async () => {
    const other = await addPlan(gateway, restApiId, { name: 'premium' });
    const input = { usagePlanId: other.usagePlanId, keyId, keyType: 'API_KEY' };
    await expect(gateway.call('CreateUsagePlanKey', input)).rejects.toMatchObject({ code: 'ConflictException' });
    const { items } = await gateway.call<UsagePlanKeys>('GetUsagePlanKeys', { usagePlanId });
    expect(items).toEqual([{ id: keyId, type: 'API_KEY', name: 'basic-1', value: expect.stringMatching(/^\w{40}$/) }]);
    await gateway.call('DeleteApiKey', { apiKey: keyId });
    expect(await gateway.call('GetUsagePlanKeys', { usagePlanId })).toEqual({ items: [] });
  });

  test('an immutable part is refused with two spaces, as AWS does', async () => {
    const patch = gateway.call('UpdateApiKey', { apiKey: keyId, patchOperations: [replace('/id', 'x')] });
    await expect(patch).rejects.toThrow(
      "Invalid patch path  '/id' specified for op 'replace'. Must be one of: [/description, /enabled, /name, /customerId]",
    );
  });
});
