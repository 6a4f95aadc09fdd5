import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InvocationRequest, InvocationResponse } from '@aws-sdk/client-lambda';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { handleUserRequest } from '../../../gateway/request/data-plane.ts';
import type { Caller } from '../../../kernel/aws.ts';
import { AwsError } from '../../../kernel/aws-error.ts';
import {
  addPlan,
  deployApi,
  FUNCTION_ARN,
  type Gateway,
  patchStage,
  replace,
  startGateway,
} from '../../unit/apigateway/deployed-api.ts';

interface Invocation {
  readonly caller: Caller;
  readonly functionName: string | undefined;
  readonly event: APIGatewayProxyEvent;
}

type Answer = () => Promise<InvocationResponse> | InvocationResponse;

let gateway: Gateway;
let restApiId: string;
let key: { usagePlanId: string; keyId: string; value: string };
let server: Server;
let base: string;
let answer: Answer;
let invocations: Invocation[];

const json = (value: unknown): Answer => {
  return () => ({ StatusCode: 200, Payload: Buffer.from(JSON.stringify(value)) }) as unknown as InvocationResponse;
};

beforeEach(async () => {
  gateway = await startGateway();
  invocations = [];
  answer = json({ statusCode: 200, body: '{"ok":true}' });
  gateway.aws.install({
    name: 'lambda',
    operations: {
      Invoke: ({ FunctionName, Payload }: InvocationRequest, { caller }: { caller: Caller }) => {
        const event = JSON.parse(Buffer.from(Payload ?? []).toString());
        invocations.push({ caller, functionName: FunctionName, event });
        return answer();
      },
    },
  });
  restApiId = await deployApi(gateway);
  key = await addPlan(gateway, restApiId, { throttle: { rateLimit: 1, burstLimit: 3 } });
  await patchStage(gateway, restApiId, [
    replace('/accessLogSettings/destinationArn', 'arn:aws:logs:us-east-1:123456789012:log-group:/access'),
    replace(
      '/accessLogSettings/format',
      '$context.requestId $context.resourcePath $context.status $context.error.responseType $context.identity.apiKeyId $context.integration.integrationStatus $context.integration.status',
    ),
  ]);
  server = createServer((request, response) => {
    void handleUserRequest({ apiGateway: gateway.service }, request, response);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/restapis/${restApiId}/dev/_user_request_`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const get = (path: string, headers: Record<string, string> = {}) => fetch(base + path, { headers });
const withKey = (path: string, init: RequestInit = {}) =>
  fetch(base + path, { ...init, headers: { 'x-api-key': key.value, ...init.headers } });
/** The last access-log line without its request id. */
const lastLine = () => gateway.lines.at(-1)?.message.split(' ').slice(1).join(' ');

async function expectError(response: Response, status: number, message: string, errorType: string): Promise<void> {
  expect(await response.json()).toEqual({ message });
  expect(response.status).toBe(status);
  expect(response.headers.get('x-amzn-errortype')).toBe(errorType);
  expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(response.headers.get('x-amz-apigw-id')).toMatch(/=$/);
  expect(response.headers.get('content-type')).toBe('application/json');
}

describe('the way to the function', () => {
  test('a request with a key becomes a proxy event, its answer the response', async () => {
    answer = json({
      statusCode: '201',
      headers: { 'X-One': true },
      multiValueHeaders: { 'X-Two': ['a', 'b'] },
      body: 'made',
    });
    const response = await withKey('/orders?colour=red&colour=blue', { method: 'POST', body: '{"n":1}' });
    expect([response.status, await response.text()]).toEqual([201, 'made']);
    expect([response.headers.get('x-one'), response.headers.get('x-two')]).toEqual(['true', 'a, b']);
    const [{ caller, functionName, event } = { event: undefined }] = invocations;
    expect(functionName).toBe(FUNCTION_ARN);
    expect(caller).toEqual({
      kind: 'service',
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:aws:execute-api:us-east-1:123456789012:${restApiId}/dev/POST/orders`,
    });
    expect(event).toMatchObject({
      resource: '/orders',
      path: '/orders',
      httpMethod: 'POST',
      headers: { 'x-api-key': key.value },
      queryStringParameters: { colour: 'blue' },
      multiValueQueryStringParameters: { colour: ['red', 'blue'] },
      pathParameters: null,
      stageVariables: null,
      body: '{"n":1}',
      isBase64Encoded: false,
      requestContext: {
        accountId: '123456789012',
        apiId: restApiId,
        stage: 'dev',
        path: '/dev/orders',
        resourcePath: '/orders',
        requestTime: '01/Jan/2031:00:00:00 +0000',
        requestId: response.headers.get('x-amzn-requestid'),
        identity: { apiKey: key.value, apiKeyId: key.keyId, sourceIp: '127.0.0.1', userArn: null },
      },
    });
    expect(lastLine()).toBe(`/orders 201 - ${key.keyId} 200 201`);
    expect(gateway.lines.at(-1)?.message).toContain(response.headers.get('x-amzn-requestid'));
    expect(gateway.metrics.filter(({ metricName }) => metricName === 'IntegrationLatency')).toHaveLength(2);
  });

  test('a base64 body is decoded, and JSON is the type where none is named', async () => {
    answer = json({ headers: {}, body: Buffer.from('plain').toString('base64'), isBase64Encoded: true });
    const response = await withKey('/data');
    expect([response.status, await response.text()]).toEqual([200, 'plain']);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  test.each([
    ['a text', '"text"'],
    ['an empty object', '{}'],
    ['an unknown member', '{"statusCode":200,"extra":1}'],
    ['a status that is no number', '{"statusCode":"teapot"}'],
    ['no JSON', 'oops'],
  ])('%s is malformed: 502', async (_, payload) => {
    answer = () => ({ StatusCode: 200, Payload: Buffer.from(payload) }) as unknown as InvocationResponse;
    await expectError(await withKey('/data'), 502, 'Internal server error', 'InternalServerErrorException');
    expect(lastLine()).toBe(`/data 502 DEFAULT_5XX ${key.keyId} 200 -`);
  });

  test('a failing function is 502, a refused invocation 500, with the status that Lambda gave', async () => {
    answer = () => ({ StatusCode: 200, FunctionError: 'Unhandled' }) as InvocationResponse;
    await expectError(await withKey('/data'), 502, 'Internal server error', 'InternalServerErrorException');
    answer = () => Promise.reject(new AwsError('TooManyRequestsException', 'Rate Exceeded.', { status: 429 }));
    await expectError(await withKey('/data'), 500, 'Internal server error', 'InternalServerErrorException');
    expect(lastLine()).toBe(`/data 500 INTEGRATION_FAILURE ${key.keyId} 429 -`);
  });

  test('a function that is slower than the integration bears is 504', async () => {
    const reached = new Promise<void>((resolve) => {
      answer = () => {
        resolve();
        return new Promise(() => {});
      };
    });
    const pending = withKey('/data');
    await reached;
    await gateway.wait(29_000);
    await expectError(await pending, 504, 'Endpoint request timed out', 'InternalServerErrorException');
    expect(lastLine()).toBe(`/data 504 INTEGRATION_TIMEOUT ${key.keyId} - -`);
  });
});

describe('the door', () => {
  test('no key, a wrong one, a disabled one: 403', async () => {
    await expectError(await get('/data'), 403, 'Forbidden', 'ForbiddenException');
    await expectError(await get('/data', { 'x-api-key': 'wrong' }), 403, 'Forbidden', 'ForbiddenException');
    await gateway.call('UpdateApiKey', { apiKey: key.keyId, patchOperations: [replace('/enabled', 'false')] });
    await expectError(await withKey('/data'), 403, 'Forbidden', 'ForbiddenException');
    expect(lastLine()).toBe('/data 403 INVALID_API_KEY - - -');
    expect(invocations).toEqual([]);
  });

  test('above the limit: 429, and the simulation drains the same bucket', async () => {
    const stage = gateway.service.simulatedStage(restApiId, 'dev');
    const request = { keyId: key.keyId, verb: 'GET', path: '/data' };
    expect(stage.admit(request, gateway.clock.now())).toBe('admitted');
    expect([(await withKey('/data')).status, (await withKey('/data')).status]).toEqual([200, 200]);
    await expectError(await withKey('/data'), 429, 'Too Many Requests', 'TooManyRequestsException');
    expect(lastLine()).toBe(`/data 429 THROTTLED ${key.keyId} - -`);
    expect(stage.admit(request, gateway.clock.now())).toBe('THROTTLED');
  });

  test('a spent quota says so', async () => {
    const patchOperations = [replace('/quota/limit', '1'), replace('/quota/period', 'DAY')];
    await gateway.call('UpdateUsagePlan', { usagePlanId: key.usagePlanId, patchOperations });
    expect((await withKey('/data')).status).toBe(200);
    await expectError(await withKey('/data'), 429, 'Limit Exceeded', 'LimitExceededException');
  });

  test('an unknown route is 403 with its own text; an unknown stage is not logged', async () => {
    const missing = ['Missing Authentication Token', 'MissingAuthenticationTokenException'] as const;
    await expectError(await withKey('/nowhere'), 403, ...missing);
    expect(lastLine()).toBe('- 403 MISSING_AUTHENTICATION_TOKEN - - -');
    await expectError(await withKey('/data', { method: 'DELETE' }), 403, ...missing);
    const logged = gateway.lines.length;
    expect((await fetch(base.replace('/dev/', '/prod/'))).status).toBe(403);
    expect(gateway.lines).toHaveLength(logged);
  });

  test('a preflight needs no key and reaches no function', async () => {
    const response = await fetch(`${base}/orders`, { method: 'OPTIONS' });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(invocations).toEqual([]);
    expect(lastLine()).toBe('/orders 200 - - - -');
  });
});

describe('a deployment', () => {
  test('is what callers see: a gateway response is in force from the next one on', async () => {
    await gateway.call('PutGatewayResponse', {
      restApiId,
      responseType: 'INVALID_API_KEY',
      statusCode: '401',
      responseParameters: {
        'gatewayresponse.header.Retry-After': "'9'",
        'gatewayresponse.header.content-type': "'application/problem+json'",
      },
      responseTemplates: {
        'application/json': '{"title":$context.error.messageString,"path":"$context.resourcePath"}',
      },
    });
    expect((await get('/data')).status).toBe(403);
    await gateway.call('CreateDeployment', { restApiId, stageName: 'dev' });
    const response = await get('/data');
    expect([response.status, await response.json()]).toEqual([401, { title: 'Forbidden', path: '/data' }]);
    expect(response.headers.get('retry-after')).toBe('9');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  test('a stage variable reaches the function at once', async () => {
    await patchStage(gateway, restApiId, [replace('/variables/colour', 'blue')]);
    await withKey('/data');
    expect(invocations[0]?.event.stageVariables).toEqual({ colour: 'blue' });
  });
});
