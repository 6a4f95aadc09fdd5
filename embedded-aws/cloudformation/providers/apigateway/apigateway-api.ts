import {
  count,
  document,
  documentText,
  flag,
  list,
  object,
  tagList,
  tagMap,
  text,
  textMap,
  texts,
} from '../provider-schema.ts';
import { contentId, differs, type Resource, resource } from '../resource.ts';
import { camelInput, replacePatches } from './apigateway-shapes.ts';

const apiSchema = object({
  ApiKeySourceType: text.optional(),
  BinaryMediaTypes: texts.optional(),
  Description: text.optional(),
  DisableExecuteApiEndpoint: flag.optional(),
  EndpointConfiguration: object({
    IpAddressType: text.optional(),
    Types: texts.optional(),
    VpcEndpointIds: texts.optional(),
  }).optional(),
  MinimumCompressionSize: count.optional(),
  Name: text,
  Policy: document.optional(),
  Tags: tagList.optional(),
});

const restApi = resource({
  type: 'AWS::ApiGateway::RestApi',
  schema: apiSchema,
  replacement: [],
  notImplemented: [
    'Body',
    'BodyS3Location',
    'CloneFrom',
    'EndpointAccessMode',
    'FailOnWarnings',
    'Mode',
    'Parameters',
    'SecurityPolicy',
  ],
  create: async ({ properties, call, tags }) => {
    const { Tags, Policy, ApiKeySourceType, ...rest } = properties;
    const input = {
      ...camelInput(rest),
      apiKeySource: ApiKeySourceType,
      tags: { ...tags, ...tagMap(Tags) },
      ...(Policy && { policy: documentText(Policy) }),
    };
    const api = await call<{ id: string; rootResourceId: string }>('apigateway', 'CreateRestApi', input);
    return { id: api.id, attributes: { RootResourceId: api.rootResourceId, RestApiId: api.id } };
  },
  update: async ({ properties, call }, { id: restApiId }, previous) => {
    const { ApiKeySourceType, Policy } = properties;
    const patchOperations = replacePatches({
      ...(differs(previous, properties, 'Name') && { '/name': properties.Name }),
      ...(differs(previous, properties, 'Description') && { '/description': properties.Description ?? '' }),
      ...(differs(previous, properties, 'Policy') && { '/policy': Policy === undefined ? '' : documentText(Policy) }),
      ...(differs(previous, properties, 'ApiKeySourceType') && { '/apiKeySource': ApiKeySourceType ?? 'HEADER' }),
      ...(differs(previous, properties, 'MinimumCompressionSize') && {
        '/minimumCompressionSize': properties.MinimumCompressionSize ?? '',
      }),
      ...(differs(previous, properties, 'DisableExecuteApiEndpoint') && {
        '/disableExecuteApiEndpoint': properties.DisableExecuteApiEndpoint ?? false,
      }),
    });
    if (patchOperations.length > 0) await call('apigateway', 'UpdateRestApi', { restApiId, patchOperations });
  },
  delete: ({ call }, { id }) => call('apigateway', 'DeleteRestApi', { restApiId: id }),
});

const apiResource = resource({
  type: 'AWS::ApiGateway::Resource',
  schema: object({ ParentId: text, PathPart: text, RestApiId: text }),
  replacement: 'all',
  create: async ({ properties, call }) => {
    const { id } = await call<{ id: string }>('apigateway', 'CreateResource', camelInput(properties));
    return { id, attributes: { ResourceId: id } };
  },
  delete: ({ properties, call }, { id }) =>
    call('apigateway', 'DeleteResource', { restApiId: properties.RestApiId, resourceId: id }),
});

const integrationResponse = object({
  ContentHandling: text.optional(),
  ResponseParameters: textMap.optional(),
  ResponseTemplates: textMap.optional(),
  SelectionPattern: text.optional(),
  StatusCode: text,
});

const integration = object({
  CacheKeyParameters: texts.optional(),
  CacheNamespace: text.optional(),
  ConnectionId: text.optional(),
  ConnectionType: text.optional(),
  ContentHandling: text.optional(),
  Credentials: text.optional(),
  IntegrationHttpMethod: text.optional(),
  IntegrationResponses: list(integrationResponse).optional(),
  PassthroughBehavior: text.optional(),
  RequestParameters: textMap.optional(),
  RequestTemplates: textMap.optional(),
  TimeoutInMillis: count.optional(),
  Type: text,
  Uri: text.optional(),
});

const methodSchema = object({
  ApiKeyRequired: flag.optional(),
  AuthorizationScopes: texts.optional(),
  AuthorizationType: text.optional(),
  AuthorizerId: text.optional(),
  HttpMethod: text,
  Integration: integration.optional(),
  MethodResponses: list(
    object({ ResponseModels: textMap.optional(), ResponseParameters: textMap.optional(), StatusCode: text }),
  ).optional(),
  OperationName: text.optional(),
  RequestModels: textMap.optional(),
  RequestParameters: textMap.optional(),
  RequestValidatorId: text.optional(),
  ResourceId: text,
  RestApiId: text,
});
type MethodResource = Resource<ReturnType<typeof methodSchema.parse>>;

const targetOf = ({ properties }: MethodResource) => ({
  restApiId: properties.RestApiId,
  resourceId: properties.ResourceId,
  httpMethod: properties.HttpMethod,
});

/** Request and response parameters say whether they are required, as booleans. */
const booleans = (parameters: Record<string, string> | undefined) =>
  parameters && Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, value === 'true']));

async function putMethod(it: MethodResource): Promise<void> {
  const { Integration: _integration, MethodResponses = [], RequestParameters, ...rest } = it.properties;
  const target = targetOf(it);
  const authorizationType = it.properties.AuthorizationType ?? 'NONE';
  const requestParameters = booleans(RequestParameters);
  await it.call('apigateway', 'PutMethod', { ...camelInput(rest), ...target, authorizationType, requestParameters });
  for (const { ResponseParameters, ...response } of MethodResponses) {
    const responseParameters = booleans(ResponseParameters);
    await it.call('apigateway', 'PutMethodResponse', { ...camelInput(response), ...target, responseParameters });
  }
}

async function putIntegration(it: MethodResource): Promise<void> {
  if (!it.properties.Integration) return;
  const { IntegrationResponses = [], ...rest } = it.properties.Integration;
  const target = targetOf(it);
  await it.call('apigateway', 'PutIntegration', { ...camelInput(rest), ...target });
  for (const response of IntegrationResponses) {
    await it.call('apigateway', 'PutIntegrationResponse', { ...camelInput(response), ...target });
  }
}

const method = resource({
  type: 'AWS::ApiGateway::Method',
  schema: methodSchema,
  replacement: ['HttpMethod', 'ResourceId', 'RestApiId'],
  create: async (it) => {
    await putMethod(it);
    return { id: contentId(it.stackId, it.logicalId, ...Object.values(targetOf(it))) };
  },
  complete: putIntegration,
  // Nobody sees the gap: callers see the method as of the last deployment.
  update: async (it) => {
    await it.call('apigateway', 'DeleteMethod', targetOf(it));
    await putMethod(it);
    await putIntegration(it);
  },
  delete: (it) => it.call('apigateway', 'DeleteMethod', targetOf(it)),
});

export const restApiTypes = [restApi, apiResource, method];
