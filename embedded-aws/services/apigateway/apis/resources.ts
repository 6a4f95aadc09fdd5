import type {
  CreateResourceRequest,
  DeleteResourceRequest,
  GetResourceRequest,
  GetResourcesRequest,
  Method,
  Resource,
  Resources,
} from '@aws-sdk/client-api-gateway';
import { badRequest, conflict, notFound } from '../apigateway-errors.ts';
import type { StoredResource } from '../apigateway-state.ts';
import type { Given } from '../given.ts';
import type { Management } from '../management.ts';
import { page } from '../paging.ts';
import { copyOf } from './copy.ts';

/** CreateResource, GetResource, GetResources, DeleteResource. */
export function resourceOperations({ state, aws }: Management) {
  return {
    CreateResource: (input: Given<CreateResourceRequest>): Resource => {
      const { resources } = state.api(input.restApiId);
      const parent = state.resource(input.restApiId, input.parentId);
      const path = `${parent.path === '/' ? '' : parent.path}/${input.pathPart}`;
      if (!/^(?:[\w.:~$-]+|\{[\w.:-]+\+?\})$/.test(input.pathPart)) {
        badRequest(
          "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
        );
      }
      if ([...resources.values()].some((resource) => resource.path === path)) {
        conflict(`Another resource with the same parent already has this name: ${input.pathPart}`);
      }
      const id = aws.ids.id('resource', `${input.restApiId}${path}`, 6);
      const resource: StoredResource = { id, parentId: parent.id, pathPart: input.pathPart, path, resourceMethods: {} };
      resources.set(id, resource);
      return shown(resource, undefined);
    },
    GetResource: (input: Given<GetResourceRequest>): Resource =>
      shown(state.resource(input.restApiId, input.resourceId), input.embed),
    GetResources: (input: Given<GetResourcesRequest>): Resources => {
      const resources = [...state.api(input.restApiId).resources.values()];
      return page(
        resources.map((resource) => shown(resource, input.embed)),
        input,
      );
    },
    DeleteResource: (input: Given<DeleteResourceRequest>): void => {
      const { resources, api } = state.api(input.restApiId);
      const { path, id } = resources.get(input.resourceId) ?? notFound('Invalid Resource identifier specified');
      if (id === api.rootResourceId) badRequest('Root resource cannot be deleted');
      for (const resource of [...resources.values()]) {
        if (resource.path === path || resource.path.startsWith(`${path}/`)) resources.delete(resource.id);
      }
    },
  };
}

/** Methods are named only, unless the caller asks to embed them; a resource without methods has no such member. */
function shown(resource: StoredResource, embed: readonly string[] | undefined): Resource {
  const { resourceMethods, ...rest } = resource;
  const methods = Object.entries<Method>(resourceMethods);
  if (methods.length === 0) return { ...rest };
  const isEmbedded = embed?.includes('methods') ?? false;
  return copyOf({
    ...rest,
    resourceMethods: Object.fromEntries(methods.map(([verb, method]) => [verb, isEmbedded ? method : {}])),
  });
}
