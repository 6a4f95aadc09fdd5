import type { IncomingMessage, ServerResponse } from 'node:http';
import { ACCOUNT_ID, REGION } from '../../kernel/aws.ts';
import type { Clock } from '../../kernel/simulation-clock.ts';
import type { DeployedStage } from '../deployed/deployed-stage.ts';
import type { AccessRecord } from '../telemetry/access-record.ts';
import { type ResponseScope, renderGatewayResponse } from './gateway-response.ts';
import { gatewayResponseMessage } from './gateway-response-types.ts';
import { answerMock, callFunction, type IntegrationResult, type InvokeFunction } from './integration.ts';
import { proxyEvent } from './proxy-event.ts';
import { findRoute, type Route } from './routing.ts';
import { LARGEST_BODY_BYTES, readUserRequest, type UserRequest } from './user-request.ts';

/** What the data plane needs of the account: API Gateway's service gives it. */
export interface DataPlaneSource {
  readonly clock: Clock;
  deployedStage(apiId: string, stageName: string): DeployedStage | undefined;
  /** The key with this value, enabled or not. */
  apiKeyByValue(value: string): { readonly id: string; readonly value: string } | undefined;
  /** Invocation of functions in the name of the method at `sourceArn`. */
  invokeAs(sourceArn: string): InvokeFunction;
}

interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string | readonly string[]])[];
  readonly body: Buffer;
}

/** One request on its way through the gateway. */
interface Passage {
  readonly source: DataPlaneSource;
  readonly stage: DeployedStage;
  readonly request: UserRequest;
  readonly record: AccessRecord;
  readonly route: Route | undefined;
}

/** Serves one request at `/restapis/<id>/<stage>/_user_request_/<path>` as the deployed stage would. */
export async function handleUserRequest(
  services: { readonly apiGateway: DataPlaneSource },
  httpRequest: IncomingMessage,
  httpResponse: ServerResponse,
): Promise<void> {
  const source = services.apiGateway;
  const startMs = source.clock.now();
  const request = await readUserRequest(httpRequest);
  const stage = request && source.deployedStage(request.apiId, request.stageName);
  if (!request || !stage) return send(httpResponse, UNKNOWN_STAGE);
  const passage = enter(source, stage, request, startMs);
  const { record } = passage;
  const answer = await pass(passage);
  record.status = answer.status;
  record.responseLength = answer.body.length;
  record.endMs = source.clock.now();
  stage.log(record);
  stage.flush();
  const ids = [
    ['x-amzn-RequestId', record.requestId],
    ['x-amz-apigw-id', record.extendedRequestId],
  ] as const;
  send(httpResponse, { ...answer, headers: [...ids, ...answer.headers] });
}

/** Neither the API nor the stage has a say in this one: nothing is deployed at that address. */
const UNKNOWN_STAGE: Answer = {
  status: 403,
  headers: [
    ['Content-Type', 'application/json'],
    ['x-amzn-ErrorType', 'ForbiddenException'],
  ],
  body: Buffer.from('{"message":"Forbidden"}'),
};

function enter(source: DataPlaneSource, stage: DeployedStage, request: UserRequest, startMs: number): Passage {
  const record = stage.newRecord(startMs);
  const route = findRoute(stage.source.deployed()?.methods ?? [], request.verb, request.path);
  record.httpMethod = request.verb;
  record.path = `/${request.stageName}${request.path}`;
  record.sourceIp = request.sourceIp;
  record.userAgent = request.headers['user-agent'];
  record.resourcePath = route?.method.path;
  record.resourceId = route?.method.resourceId;
  return { source, stage, request, record, route };
}

async function pass(passage: Passage): Promise<Answer> {
  const { stage, request, record, route, source } = passage;
  if (request.body.length > LARGEST_BODY_BYTES) return refuse(passage, 'REQUEST_TOO_LARGE', 413);
  if (!route) return refuse(passage, 'MISSING_AUTHENTICATION_TOKEN', 403);
  const { method } = route;
  const value = method.apiKeyRequired ? request.headers['x-api-key'] : undefined;
  const apiKey = value === undefined ? undefined : source.apiKeyByValue(value);
  const admission = stage.door.admit(apiKey?.id, method.verb, method.path, source.clock.now());
  if (admission === 'INVALID_API_KEY') return refuse(passage, admission, 403);
  record.apiKeyId = apiKey?.id;
  if (admission !== 'admitted') return refuse(passage, admission, 429);
  const startMs = source.clock.now();
  const result = await integrate(passage, route, apiKey);
  if (method.integration.type !== 'MOCK') record.integrationLatencyMs = source.clock.now() - startMs;
  record.integrationStatus = result.integrationStatus;
  if (result.kind === 'failed') return refuse(passage, result.errorType, result.status);
  record.backendStatus = result.integrationStatus === undefined ? undefined : result.response.status;
  return { ...result.response, headers: withContentType(result.response.headers) };
}

async function integrate(
  { source, stage, request, record }: Passage,
  route: Route,
  apiKey: { id: string; value: string } | undefined,
): Promise<IntegrationResult> {
  const { method } = route;
  if (method.integration.type === 'MOCK') return answerMock(method.integration);
  const stageVariables = stage.source.stage()?.variables ?? null;
  const event = proxyEvent({ request, route, record, stageVariables, apiKey });
  const target = `${request.apiId}/${request.stageName}/${request.verb}${method.path}`;
  const invoke = source.invokeAs(`arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${target}`);
  return await callFunction(method.integration, event, invoke, source.clock);
}

/** The gateway answers in the API's stead, with the gateway response of that type. */
function refuse({ stage, request, record, route }: Passage, errorType: string, status: number): Answer {
  record.errorType = errorType;
  record.errorMessage = gatewayResponseMessage(errorType);
  const scope: ResponseScope = {
    record,
    stageVariables: stage.source.stage()?.variables ?? {},
    headers: request.headers,
    pathParameters: route?.pathParameters ?? {},
    queryParameters: Object.fromEntries(request.query),
  };
  const rendered = renderGatewayResponse(
    stage.source.deployed()?.gatewayResponses ?? new Map(),
    errorType,
    status,
    scope,
  );
  return { status: rendered.status, headers: Object.entries(rendered.headers), body: Buffer.from(rendered.body) };
}

function withContentType(headers: readonly (readonly [string, readonly string[]])[]): Answer['headers'] {
  const isNamed = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return isNamed ? headers : [['Content-Type', 'application/json'], ...headers];
}

function send(response: ServerResponse, answer: Answer): void {
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.setHeader(name, typeof value === 'string' ? value : [...value]);
  response.end(answer.body);
}
