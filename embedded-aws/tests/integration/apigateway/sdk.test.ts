import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteRestApiCommand,
  DeleteUsagePlanCommand,
  GetAccountCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetDeploymentsCommand,
  GetGatewayResponsesCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
  GetTagsCommand,
  GetUsageCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
  NotFoundException,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  TagResourceCommand,
  TooManyRequestsException,
  UpdateStageCommand,
  UpdateUsageCommand,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway';
import { type Cloud, createCloud } from '../../../cloud.ts';
import { clientOptions } from '../../support/cloud.ts';
import { virtualAws } from '../../support/observe/virtual-aws.ts';

let cloud: Cloud;
let client: APIGatewayClient;
let restApiId: string;
let usagePlanId: string;
let keyId: string;

const replace = (path: string, value: string) => ({ op: 'replace' as const, path, value });
const wait = (ms: number) => cloud.clock.runUntil(cloud.clock.now() + ms);

beforeAll(async () => {
  const { clock } = await virtualAws();
  cloud = await createCloud({ seed: 1, port: 0, clock });
  client = new APIGatewayClient(clientOptions(cloud));
  await deploy();
});
afterAll(async () => {
  client.destroy();
  await cloud.close();
});
/** Every test begins with all management tokens back. */
beforeEach(() => wait(60_000));

async function deploy(): Promise<void> {
  const api = await client.send(new CreateRestApiCommand({ name: 'dev-tidegate' }));
  restApiId = api.id ?? '';
  const parentId = api.rootResourceId;
  const { id: resourceId } = await client.send(new CreateResourceCommand({ restApiId, parentId, pathPart: 'data' }));
  const method = { restApiId, resourceId, httpMethod: 'GET' };
  await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE', apiKeyRequired: true }));
  const requestTemplates = { 'application/json': '{"statusCode": 200}' };
  await client.send(new PutIntegrationCommand({ ...method, type: 'MOCK', requestTemplates }));
  const responseTemplates = { 'application/json': '{"data":[]}' };
  await client.send(new PutIntegrationResponseCommand({ ...method, statusCode: '200', responseTemplates }));
  const responseParameters = { 'gatewayresponse.header.Retry-After': "'1'" };
  await client.send(new PutGatewayResponseCommand({ restApiId, responseType: 'THROTTLED', responseParameters }));
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'dev' }));
  const apiStages = [{ apiId: restApiId, stage: 'dev' }];
  const throttle = { rateLimit: 1.5, burstLimit: 2 };
  usagePlanId = (await client.send(new CreateUsagePlanCommand({ name: 'basic', apiStages, throttle }))).id ?? '';
  keyId = (await client.send(new CreateApiKeyCommand({ name: 'basic-1', enabled: true }))).id ?? '';
  await client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
}

test('what was created is listed', async () => {
  const { items: apis = [] } = await client.send(new GetRestApisCommand({ limit: 500 }));
  expect(apis).toMatchObject([{ id: restApiId, name: 'dev-tidegate', apiKeySource: 'HEADER' }]);
  expect(apis[0]?.createdDate).toEqual(new Date(Date.UTC(2031, 0, 1)));
  const { items: resources = [] } = await client.send(new GetResourcesCommand({ restApiId, embed: ['methods'] }));
  expect(resources.map(({ path }) => path)).toEqual(['/', '/data']);
  expect(resources[1]?.resourceMethods).toMatchObject({
    GET: { apiKeyRequired: true, methodIntegration: { type: 'MOCK' } },
  });
  const { items: deployments = [] } = await client.send(new GetDeploymentsCommand({ restApiId }));
  const { item: stages = [] } = await client.send(new GetStagesCommand({ restApiId }));
  expect(stages).toMatchObject([{ stageName: 'dev', deploymentId: deployments[0]?.id, methodSettings: {} }]);
  const { items: plans = [] } = await client.send(new GetUsagePlansCommand({ limit: 500 }));
  expect(plans).toMatchObject([{ id: usagePlanId, throttle: { rateLimit: 1.5, burstLimit: 2 } }]);
  const { items: responses = [] } = await client.send(new GetGatewayResponsesCommand({ restApiId }));
  expect(responses.filter(({ defaultResponse }) => !defaultResponse).map(({ responseType }) => responseType)).toEqual([
    'THROTTLED',
  ]);
  const account = await client.send(new GetAccountCommand());
  expect(account.throttleSettings).toEqual({ rateLimit: 10_000, burstLimit: 5_000 });
});

test('key values are shown on demand, and always by GetUsagePlanKeys', async () => {
  const { value } = await client.send(new GetApiKeyCommand({ apiKey: keyId, includeValue: true }));
  expect(value).toMatch(/^[a-z0-9]{40}$/);
  expect((await client.send(new GetApiKeyCommand({ apiKey: keyId }))).value).toBeUndefined();
  const { items } = await client.send(new GetUsagePlanKeysCommand({ usagePlanId }));
  expect(items).toEqual([{ id: keyId, type: 'API_KEY', name: 'basic-1', value }]);
  const { items: named = [] } = await client.send(new GetApiKeysCommand({ nameQuery: 'basic', includeValues: true }));
  expect(named).toMatchObject([{ id: keyId, value, enabled: true }]);
});

test('UpdateStage answers with the whole stage; its errors are typed', async () => {
  const patchOperations = [
    replace('/*/*/throttling/rateLimit', '2000.5'),
    replace('/~1data/GET/throttling/burstLimit', '9'),
  ];
  const stage = await client.send(new UpdateStageCommand({ restApiId, stageName: 'dev', patchOperations }));
  expect(stage.methodSettings).toMatchObject({
    '*/*': { throttlingRateLimit: 2000.5, throttlingBurstLimit: 5_000 },
    '~1data/GET': { throttlingRateLimit: 2000.5, throttlingBurstLimit: 9 },
  });
  expect(await client.send(new GetStageCommand({ restApiId, stageName: 'dev' }))).toMatchObject({
    methodSettings: stage.methodSettings,
  });
  const missing = client.send(new GetStageCommand({ restApiId, stageName: 'prod' }));
  await expect(missing).rejects.toBeInstanceOf(NotFoundException);
  await expect(missing).rejects.toMatchObject({ message: 'Invalid stage identifier specified' });
});

test('a second UpdateUsagePlan within 20 s is refused, with the seconds to wait', async () => {
  const update = (value: string) => {
    const patchOperations = [replace('/quota/period', 'MONTH'), replace('/quota/limit', value)];
    return client.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations }));
  };
  expect((await update('5')).quota).toEqual({ limit: 5, offset: 0, period: 'MONTH' });
  const refused = update('6');
  await expect(refused).rejects.toBeInstanceOf(TooManyRequestsException);
  await expect(refused).rejects.toMatchObject({ retryAfterSeconds: '20', message: 'Too Many Requests' });
  await wait(20_000);
  expect((await update('6')).quota?.limit).toBe(6);
});

test('usage is counted by key and day, and can be granted', async () => {
  const { value = '' } = await client.send(new GetApiKeyCommand({ apiKey: keyId, includeValue: true }));
  const url = `${cloud.endpoint}/restapis/${restApiId}/dev/_user_request_/data`;
  const responses: Response[] = [];
  for (let ask = 0; ask < 3; ask++) responses.push(await fetch(url, { headers: { 'x-api-key': value } }));
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(await responses[0]?.json()).toEqual({ data: [] });
  expect(responses[2]?.headers.get('retry-after')).toBe('1');
  const span = { usagePlanId, startDate: '2031-01-01', endDate: '2031-01-01' };
  expect((await client.send(new GetUsageCommand(span))).items).toEqual({ [keyId]: [[2, 4]] });
  const patchOperations = [replace('/remaining', '100')];
  const granted = await client.send(new UpdateUsageCommand({ usagePlanId, keyId, patchOperations }));
  expect(granted.items).toEqual({ [keyId]: [[2, 100]] });
});

test('tags live on the stage', async () => {
  const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}/stages/dev`;
  await client.send(new TagResourceCommand({ resourceArn, tags: { team: 'tides' } }));
  expect((await client.send(new GetTagsCommand({ resourceArn }))).tags).toEqual({ team: 'tides' });
});

test('everything can be removed again, the stage first taken out of its plan', async () => {
  await expect(client.send(new DeleteUsagePlanCommand({ usagePlanId }))).rejects.toMatchObject({
    name: 'BadRequestException',
  });
  const patchOperations = [{ op: 'remove' as const, path: '/apiStages', value: `${restApiId}:dev` }];
  await client.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations }));
  await client.send(new DeleteUsagePlanCommand({ usagePlanId }));
  await client.send(new DeleteApiKeyCommand({ apiKey: keyId }));
  await client.send(new DeleteRestApiCommand({ restApiId }));
  expect((await client.send(new GetRestApisCommand())).items ?? []).toEqual([]);
  const url = `${cloud.endpoint}/restapis/${restApiId}/dev/_user_request_/data`;
  expect((await fetch(url)).status).toBe(403);
});
