import type {
  DeleteIntegrationRequest,
  DeleteMethodRequest,
  GetIntegrationRequest,
  GetMethodRequest,
  Integration,
  IntegrationResponse,
  Method,
  MethodResponse,
  PutIntegrationRequest,
  PutIntegrationResponseRequest,
  PutMethodRequest,
  PutMethodResponseRequest,
} from '@aws-sdk/client-api-gateway';
import { own } from '../../../kernel/plain-records.ts';
import { conflict, notFound } from '../apigateway-errors.ts';
import type { ApiGatewayState, Kept } from '../apigateway-state.ts';
import type { Given } from '../given.ts';
import type { Management } from '../management.ts';
import { copyOf } from './copy.ts';
import { checkIntegrationUri } from './integration-uri.ts';

interface MethodTarget {
  readonly restApiId: string;
  readonly resourceId: string;
  readonly httpMethod: string;
}

/** PutMethod, GetMethod, DeleteMethod, their responses and integrations. Seen by callers after the next deployment. */
export function methodOperations({ state }: Management) {
  return {
    PutMethod: (input: Given<PutMethodRequest>): Method => {
      const { restApiId, resourceId, ...given } = input;
      const { resourceMethods } = state.resource(restApiId, resourceId);
      if (own(resourceMethods, input.httpMethod)) conflict('Method already exists for this resource');
      const method = { ...given, apiKeyRequired: input.apiKeyRequired ?? false };
      resourceMethods[input.httpMethod] = method;
      return copyOf(method);
    },
    GetMethod: (input: Given<GetMethodRequest>): Method => copyOf(methodOf(state, input)),
    DeleteMethod: (input: Given<DeleteMethodRequest>): void => {
      methodOf(state, input);
      delete state.resource(input.restApiId, input.resourceId).resourceMethods[input.httpMethod];
    },
    PutMethodResponse: (input: Given<PutMethodResponseRequest>): MethodResponse => {
      const { restApiId, resourceId, httpMethod, ...response } = input;
      const method = methodOf(state, input);
      method.methodResponses = { ...method.methodResponses, [input.statusCode]: response };
      return copyOf(response);
    },
    PutIntegration: (input: Given<PutIntegrationRequest>): Integration => {
      const integration = newIntegration(input);
      methodOf(state, input).methodIntegration = integration;
      return copyOf(integration);
    },
    GetIntegration: (input: Given<GetIntegrationRequest>): Integration => copyOf(integrationOf(state, input)),
    DeleteIntegration: (input: Given<DeleteIntegrationRequest>): void => {
      integrationOf(state, input);
      delete methodOf(state, input).methodIntegration;
    },
    PutIntegrationResponse: (input: Given<PutIntegrationResponseRequest>): IntegrationResponse => {
      const { restApiId, resourceId, httpMethod, ...response } = input;
      const integration = integrationOf(state, input);
      integration.integrationResponses = { ...integration.integrationResponses, [input.statusCode]: response };
      return copyOf(response);
    },
  };
}

function methodOf(state: ApiGatewayState, { restApiId, resourceId, httpMethod }: MethodTarget): Method {
  const { resourceMethods } = state.resource(restApiId, resourceId);
  return own(resourceMethods, httpMethod) ?? notFound('Invalid Method identifier specified');
}

function integrationOf(state: ApiGatewayState, target: MethodTarget): Integration {
  return methodOf(state, target).methodIntegration ?? notFound('Invalid Integration identifier specified');
}

function newIntegration(input: Given<PutIntegrationRequest>): Kept<Integration, 'type'> {
  const { restApiId, resourceId, httpMethod, integrationHttpMethod, ...given } = input;
  checkIntegrationUri(input);
  return {
    ...given,
    ...(integrationHttpMethod ? { httpMethod: integrationHttpMethod } : {}),
    passthroughBehavior: input.passthroughBehavior ?? 'WHEN_NO_MATCH',
    timeoutInMillis: input.timeoutInMillis ?? 29_000,
    cacheNamespace: input.cacheNamespace ?? resourceId,
    cacheKeyParameters: input.cacheKeyParameters ?? [],
  };
}
