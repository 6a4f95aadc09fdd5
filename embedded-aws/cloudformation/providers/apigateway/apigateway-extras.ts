import { count, document, documentText, flag, object, text, textMap, texts } from '../provider-schema.ts';
import { contentId, type Resource, resource } from '../resource.ts';
import { camelInput, replacePatches } from './apigateway-shapes.ts';

const responseSchema = object({
  ResponseParameters: textMap.optional(),
  ResponseTemplates: textMap.optional(),
  ResponseType: text,
  RestApiId: text,
  StatusCode: text.optional(),
});
type ResponseResource = Resource<ReturnType<typeof responseSchema.parse>>;

const putResponse = ({ properties, call }: ResponseResource) =>
  call('apigateway', 'PutGatewayResponse', camelInput(properties));

const gatewayResponse = resource({
  type: 'AWS::ApiGateway::GatewayResponse',
  schema: responseSchema,
  replacement: ['ResponseType', 'RestApiId'],
  create: async (it) => {
    await putResponse(it);
    return { id: contentId(it.properties.RestApiId, it.properties.ResponseType) };
  },
  update: putResponse,
  delete: ({ properties: { RestApiId, ResponseType }, call }) =>
    call('apigateway', 'DeleteGatewayResponse', { restApiId: RestApiId, responseType: ResponseType }),
});

const accountSchema = object({ CloudWatchRoleArn: text.optional() });
type AccountResource = Resource<ReturnType<typeof accountSchema.parse>>;

async function setLogRole({ properties, call }: AccountResource): Promise<void> {
  const patchOperations = replacePatches({ '/cloudwatchRoleArn': properties.CloudWatchRoleArn });
  if (patchOperations.length > 0) await call('apigateway', 'UpdateAccount', { patchOperations });
}

/** One per account. As recorded of AWS, deleting it leaves the role setting behind. */
const account = resource({
  type: 'AWS::ApiGateway::Account',
  schema: accountSchema,
  replacement: [],
  create: async (it) => {
    await setLogRole(it);
    return { id: contentId(it.stackId, it.logicalId) };
  },
  update: setLogRole,
});

const authorizer = resource({
  type: 'AWS::ApiGateway::Authorizer',
  schema: object({
    AuthType: text.optional(),
    AuthorizerCredentials: text.optional(),
    AuthorizerResultTtlInSeconds: count.optional(),
    AuthorizerUri: text.optional(),
    IdentitySource: text.optional(),
    IdentityValidationExpression: text.optional(),
    Name: text,
    ProviderARNs: texts.optional(),
    RestApiId: text,
    Type: text,
  }),
  replacement: ['RestApiId'],
  create: async ({ properties, call }) => {
    const { id } = await call<{ id: string }>('apigateway', 'CreateAuthorizer', camelInput(properties));
    return { id, attributes: { AuthorizerId: id } };
  },
  update: async ({ properties, call }, { id: authorizerId }) => {
    const patchOperations = replacePatches({
      '/name': properties.Name,
      '/authorizerUri': properties.AuthorizerUri,
      '/authorizerCredentials': properties.AuthorizerCredentials,
      '/authorizerResultTtlInSeconds': properties.AuthorizerResultTtlInSeconds,
      '/identitySource': properties.IdentitySource,
      '/identityValidationExpression': properties.IdentityValidationExpression,
    });
    await call('apigateway', 'UpdateAuthorizer', { restApiId: properties.RestApiId, authorizerId, patchOperations });
  },
  delete: ({ properties, call }, { id }) =>
    call('apigateway', 'DeleteAuthorizer', { restApiId: properties.RestApiId, authorizerId: id }),
});

const requestValidator = resource({
  type: 'AWS::ApiGateway::RequestValidator',
  schema: object({
    Name: text.optional(),
    RestApiId: text,
    ValidateRequestBody: flag.optional(),
    ValidateRequestParameters: flag.optional(),
  }),
  replacement: ['Name', 'RestApiId'],
  create: async ({ properties, call }) => {
    const { id } = await call<{ id: string }>('apigateway', 'CreateRequestValidator', camelInput(properties));
    return { id, attributes: { RequestValidatorId: id } };
  },
  update: async ({ properties, call }, { id: requestValidatorId }) => {
    const patchOperations = replacePatches({
      '/validateRequestBody': properties.ValidateRequestBody ?? false,
      '/validateRequestParameters': properties.ValidateRequestParameters ?? false,
    });
    const { RestApiId: restApiId } = properties;
    await call('apigateway', 'UpdateRequestValidator', { restApiId, requestValidatorId, patchOperations });
  },
  delete: ({ properties, call }, { id }) =>
    call('apigateway', 'DeleteRequestValidator', { restApiId: properties.RestApiId, requestValidatorId: id }),
});

const model = resource({
  type: 'AWS::ApiGateway::Model',
  schema: object({
    ContentType: text.optional(),
    Description: text.optional(),
    Name: text.optional(),
    RestApiId: text,
    Schema: document.optional(),
  }),
  replacement: ['ContentType', 'Name', 'RestApiId'],
  nameProperty: 'Name',
  create: async ({ properties: { Schema, ContentType = 'application/json', ...rest }, call, generatedName }) => {
    const name = rest.Name ?? generatedName(128).replaceAll('-', '');
    const schema = Schema && documentText(Schema);
    await call('apigateway', 'CreateModel', { ...camelInput(rest), name, contentType: ContentType, schema });
    return { id: name };
  },
  update: async ({ properties, call }, { id: modelName }) => {
    const { RestApiId: restApiId, Description = '', Schema } = properties;
    const schema = Schema && documentText(Schema);
    const patchOperations = replacePatches({ '/description': Description, '/schema': schema });
    await call('apigateway', 'UpdateModel', { restApiId, modelName, patchOperations });
  },
  delete: ({ properties, call }, { id }) =>
    call('apigateway', 'DeleteModel', { restApiId: properties.RestApiId, modelName: id }),
});

export const apiExtraTypes = [gatewayResponse, account, authorizer, requestValidator, model];
