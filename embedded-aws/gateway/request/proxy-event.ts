import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ACCOUNT_ID, REGION } from '../../kernel/aws.ts';
import { emptyRecord } from '../../kernel/plain-records.ts';
import type { AccessRecord } from '../telemetry/access-record.ts';
import { CONTEXT_VARIABLES } from '../telemetry/access-record.ts';
import type { Route } from './routing.ts';
import type { UserRequest } from './user-request.ts';

export interface ProxyEventInput {
  readonly request: UserRequest;
  readonly route: Route;
  readonly record: AccessRecord;
  readonly stageVariables: Record<string, string> | null;
  /** Present only when the method requires a key. */
  readonly apiKey: { readonly id: string; readonly value: string } | undefined;
}

type RequestContext = APIGatewayProxyEvent['requestContext'];

/** As published, but without the `authorizer` that AWS leaves out when there is none. */
export interface ProxyEvent extends Omit<APIGatewayProxyEvent, 'requestContext'> {
  readonly requestContext: Omit<RequestContext, 'authorizer' | 'identity'> & {
    deploymentId: string;
    identity: Record<string, string | null>;
  };
}

/** The event (format 1.0) that a Lambda proxy integration hands to its function. */
export function proxyEvent(input: ProxyEventInput): ProxyEvent {
  const { request, route, stageVariables } = input;
  const query = [...request.query];
  const hasBody = request.body.length > 0;
  return {
    resource: route.method.path,
    path: request.path,
    httpMethod: request.verb,
    headers: lastValues(request.rawHeaders),
    multiValueHeaders: allValues(request.rawHeaders),
    queryStringParameters: query.length ? lastValues(query) : null,
    multiValueQueryStringParameters: query.length ? allValues(query) : null,
    pathParameters: Object.keys(route.pathParameters).length ? { ...route.pathParameters } : null,
    stageVariables,
    requestContext: requestContext(input),
    body: hasBody ? request.body.toString('utf8') : null,
    isBase64Encoded: false,
  };
}

function requestContext({ request, route, record, apiKey }: ProxyEventInput): ProxyEvent['requestContext'] {
  return {
    resourceId: route.method.resourceId,
    resourcePath: route.method.path,
    httpMethod: request.verb,
    extendedRequestId: record.extendedRequestId,
    requestTime: String(CONTEXT_VARIABLES.get('requestTime')?.(record)),
    path: record.path,
    accountId: ACCOUNT_ID,
    protocol: record.protocol,
    stage: record.stage,
    domainPrefix: record.apiId,
    requestTimeEpoch: Math.floor(record.startMs),
    requestId: record.requestId,
    identity: identity(request, apiKey),
    domainName: `${record.apiId}.execute-api.${REGION}.amazonaws.com`,
    deploymentId: record.deploymentId,
    apiId: record.apiId,
  };
}

function identity(request: UserRequest, apiKey: ProxyEventInput['apiKey']): Record<string, string | null> {
  const key = apiKey ? { apiKey: apiKey.value, apiKeyId: apiKey.id } : {};
  return {
    cognitoIdentityPoolId: null,
    accountId: null,
    cognitoIdentityId: null,
    caller: null,
    sourceIp: request.sourceIp,
    principalOrgId: null,
    accessKey: null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    userArn: null,
    userAgent: request.headers['user-agent'] ?? null,
    user: null,
    ...key,
  };
}

type Pairs = readonly (readonly [name: string, value: string])[];

const lastValues = (pairs: Pairs): Record<string, string> => Object.fromEntries(pairs);

function allValues(pairs: Pairs): Record<string, string[]> {
  const values = emptyRecord<string[]>();
  for (const [name, value] of pairs) values[name] = [...(values[name] ?? []), value];
  return values;
}
