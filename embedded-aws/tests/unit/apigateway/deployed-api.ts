import type { ApiKey, Deployment, Resource, RestApi, Stage, UsagePlan } from '@aws-sdk/client-api-gateway';
import type { LogEvent } from '../../../gateway/telemetry/stage-telemetry.ts';
import type { MetricValue } from '../../../gateway/telemetry/vended-metrics.ts';
import { type Caller, DEVELOPER, REGION } from '../../../kernel/aws.ts';
import { type ApiGatewayOptions, ApiGatewayService } from '../../../services/apigateway/apigateway-service.ts';
import { virtualAws } from '../../support/observe/virtual-aws.ts';

/** Exempt from the management quotas, as in AWS. */
export const CLOUDFORMATION: Caller = {
  kind: 'service',
  principal: 'cloudformation.amazonaws.com',
  sourceArn: 'arn:aws:cloudformation:us-east-1:123456789012:stack/tidegate-dev/1',
};

export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:tidegate-dev-backend';
const URI = `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`;

/** An embedded AWS with API Gateway alone; what it logs and measures is kept. */
export async function startGateway(options: ApiGatewayOptions = {}) {
  const { aws, clock } = await virtualAws();
  const lines: (LogEvent & { group: string; stream: string })[] = [];
  const metrics: MetricValue[] = [];
  const ports = {
    logs: {
      append: (group: string, stream: string, events: readonly LogEvent[]) =>
        void lines.push(...events.map((event) => ({ ...event, group, stream }))),
    },
    metrics: { record: (metric: MetricValue) => void metrics.push(metric) },
  };
  const service = new ApiGatewayService(aws, ports, options);
  aws.install(service);
  const callAs = <Output>(caller: Caller, operation: string, input: object) =>
    aws.call<Output>(caller, 'apigateway', operation, input);
  /** As CloudFormation: no management quota in the way. */
  const call = <Output>(operation: string, input: object) => callAs<Output>(CLOUDFORMATION, operation, input);
  const callAsDeveloper = <Output>(operation: string, input: object) => callAs<Output>(DEVELOPER, operation, input);
  const wait = (ms: number) => clock.runUntil(clock.now() + ms);
  return { aws, clock, service, lines, metrics, call, callAs, callAsDeveloper, wait };
}

export type Gateway = Awaited<ReturnType<typeof startGateway>>;

interface Plan {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** `GET /data`, `POST /orders` (keys required) and a CORS preflight on `/orders`, deployed to stage `dev`. */
export async function deployApi(gateway: Gateway) {
  const { call } = gateway;
  const api = await call<RestApi>('CreateRestApi', { name: 'dev-tidegate' });
  const restApiId = api.id ?? '';
  for (const [pathPart, httpMethod] of [
    ['data', 'GET'],
    ['orders', 'POST'],
  ] as const) {
    const resource = await call<Resource>('CreateResource', { restApiId, parentId: api.rootResourceId, pathPart });
    const method = { restApiId, resourceId: resource.id, httpMethod };
    await call('PutMethod', { ...method, authorizationType: 'NONE', apiKeyRequired: true });
    await call('PutIntegration', { ...method, type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: URI });
    if (pathPart === 'orders') await addPreflight(gateway, restApiId, resource.id ?? '');
  }
  await call<Deployment>('CreateDeployment', { restApiId, stageName: 'dev' });
  return restApiId;
}

async function addPreflight({ call }: Gateway, restApiId: string, resourceId: string): Promise<void> {
  const method = { restApiId, resourceId, httpMethod: 'OPTIONS' };
  const requestTemplates = { 'application/json': '{statusCode:200}' };
  await call('PutMethod', { ...method, authorizationType: 'NONE' });
  await call('PutIntegration', { ...method, type: 'MOCK', requestTemplates });
  await call('PutIntegrationResponse', {
    ...method,
    statusCode: '200',
    responseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" },
    responseTemplates: { 'application/json': '' },
  });
}

/** A plan for stage `dev` with one enabled key. */
export async function addPlan(
  { call }: Gateway,
  restApiId: string,
  { name = 'basic', throttle, quota }: { name?: string; throttle?: Plan; quota?: object } = {},
) {
  const apiStages = [{ apiId: restApiId, stage: 'dev' }];
  const plan = await call<UsagePlan>('CreateUsagePlan', { name, apiStages, throttle, quota });
  const key = await call<ApiKey>('CreateApiKey', { name: `${name}-1`, enabled: true });
  const [usagePlanId, keyId, value] = [plan.id ?? '', key.id ?? '', key.value ?? ''];
  await call('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' });
  return { usagePlanId, keyId, value };
}

export function patchStage({ call }: Gateway, restApiId: string, patchOperations: object[]): Promise<Stage> {
  return call<Stage>('UpdateStage', { restApiId, stageName: 'dev', patchOperations });
}

export const replace = (path: string, value: string) => ({ op: 'replace', path, value });
