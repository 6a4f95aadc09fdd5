import type {
  CreateRestApiRequest,
  DeleteRestApiRequest,
  GetRestApiRequest,
  GetRestApisRequest,
  RestApi,
  RestApis,
  UpdateRestApiRequest,
} from '@aws-sdk/client-api-gateway';
import { badRequest } from '../apigateway-errors.ts';
import type { StoredApi } from '../apigateway-state.ts';
import type { Given } from '../given.ts';
import type { Management } from '../management.ts';
import { page } from '../paging.ts';
import { invalidPath, type Patch, readPatches } from '../patch-operations.ts';
import { copyOf } from './copy.ts';

const PATCHABLE = ['/name', '/description', '/apiKeySource', '/disableExecuteApiEndpoint', '/policy'];

/** CreateRestApi, GetRestApi, GetRestApis, UpdateRestApi, DeleteRestApi. */
export function restApiOperations(management: Management) {
  const { state, aws } = management;
  return {
    CreateRestApi: (input: Given<CreateRestApiRequest>): RestApi => {
      const id = aws.ids.id('restapi', input.name);
      const rootResourceId = aws.ids.id('resource', `${id}/`);
      const api = newApi(input, id, rootResourceId, management.now());
      const root = { id: rootResourceId, path: '/', resourceMethods: {} };
      const resources = new Map([[rootResourceId, root]]);
      state.apis.set(id, { api, resources, gatewayResponses: new Map(), deployments: new Map(), stages: new Map() });
      return copyOf(api);
    },
    GetRestApi: (input: Given<GetRestApiRequest>): RestApi => copyOf(state.api(input.restApiId).api),
    GetRestApis: (input: Given<GetRestApisRequest>): RestApis =>
      page(
        [...state.apis.values()].map(({ api }) => copyOf(api)),
        input,
      ),
    UpdateRestApi: (input: Given<UpdateRestApiRequest>): RestApi => {
      const patches = readPatches('UpdateRestApi', input.patchOperations);
      const record = state.api(input.restApiId);
      const draft = copyOf(record.api);
      for (const patch of patches) patchApi(draft, patch);
      record.api = draft;
      return copyOf({ ...draft, tags: draft.tags ?? {} });
    },
    DeleteRestApi: (input: Given<DeleteRestApiRequest>): void => {
      const { stages } = state.api(input.restApiId);
      for (const stageName of [...stages.keys()]) management.removeStage(input.restApiId, stageName);
      state.apis.delete(input.restApiId);
    },
  };
}

function newApi(input: Given<CreateRestApiRequest>, id: string, rootResourceId: string, createdDate: Date): StoredApi {
  const { cloneFrom, tags, ...given } = input;
  if (cloneFrom) badRequest('Cloning an API is not part of the embedded AWS');
  return {
    ...given,
    id,
    createdDate,
    rootResourceId,
    apiKeySource: input.apiKeySource ?? 'HEADER',
    endpointConfiguration: { types: ['EDGE'], ipAddressType: 'ipv4', ...input.endpointConfiguration },
    disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? false,
    ...(tags && Object.keys(tags).length > 0 ? { tags } : {}),
  };
}

function patchApi(api: StoredApi, patch: Patch): void {
  if (patch.op !== 'replace') invalidPath(patch, PATCHABLE);
  switch (patch.path) {
    case '/name':
      api.name = patch.value;
      return;
    case '/description':
      api.description = patch.value;
      return;
    case '/policy':
      api.policy = patch.value;
      return;
    case '/disableExecuteApiEndpoint':
      api.disableExecuteApiEndpoint = patch.value === 'true';
      return;
    case '/apiKeySource':
      if (patch.value !== 'HEADER')
        badRequest(`The embedded AWS takes API keys from the header only, not '${patch.value}'`);
      return;
    default:
      invalidPath(patch, PATCHABLE);
  }
}
