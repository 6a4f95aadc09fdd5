import type {
  ApiKey,
  ApiKeys,
  CreateApiKeyRequest,
  DeleteApiKeyRequest,
  GetApiKeyRequest,
  GetApiKeysRequest,
  UpdateApiKeyRequest,
} from '@aws-sdk/client-api-gateway';
import { badRequest, conflict } from '../apigateway-errors.ts';
import type { StoredKey } from '../apigateway-state.ts';
import { copyOf } from '../apis/copy.ts';
import type { Given } from '../given.ts';
import type { Management } from '../management.ts';
import { page } from '../paging.ts';
import { invalidPath, type Patch, readPatches } from '../patch-operations.ts';

const PATCHABLE = ['/description', '/enabled', '/name', '/customerId'];
const VALUE_LENGTH = 40;
const LONGEST_NAME = 1024;
const LONGEST_DESCRIPTION = 125_000;

/** CreateApiKey, GetApiKey, GetApiKeys, UpdateApiKey, DeleteApiKey. A value is shown at creation and on demand only. */
export function apiKeyOperations(management: Management) {
  const { state, aws, enforcement } = management;
  return {
    CreateApiKey: (input: Given<CreateApiKeyRequest>): ApiKey => {
      checkNew(input);
      const { stageKeys, generateDistinctId: _, tags, name, ...given } = input;
      const id = aws.ids.id('apikey', name ?? '');
      const value = input.value || aws.ids.id('apikey-value', name ?? '', VALUE_LENGTH);
      if ([...state.keys.values()].some((key) => key.value === value)) conflict('API Key already exists');
      const now = management.now();
      const key: StoredKey = {
        ...given,
        id,
        value,
        ...(name ? { name } : {}),
        enabled: input.enabled ?? false,
        createdDate: now,
        lastUpdatedDate: now,
        stageKeys: (stageKeys ?? []).map(({ restApiId, stageName }) => `${restApiId}/${stageName}`),
        ...(tags && Object.keys(tags).length > 0 ? { tags } : {}),
      };
      state.keys.set(id, key);
      enforcement.invalidate();
      return copyOf(key);
    },
    GetApiKey: (input: Given<GetApiKeyRequest>): ApiKey => shown(state.key(input.apiKey), input.includeValue ?? false),
    GetApiKeys: (input: Given<GetApiKeysRequest>): ApiKeys => {
      const { nameQuery, customerId } = input;
      const keys = [...state.keys.values()]
        .reverse()
        .filter((key) => !nameQuery || key.name?.startsWith(nameQuery))
        .filter((key) => !customerId || key.customerId === customerId);
      return page(
        keys.map((key) => shown(key, input.includeValues ?? false)),
        input,
      );
    },
    UpdateApiKey: (input: Given<UpdateApiKeyRequest>): ApiKey => {
      const patches = readPatches('UpdateApiKey', input.patchOperations);
      const draft = copyOf(state.key(input.apiKey));
      for (const patch of patches) patchKey(draft, patch);
      draft.lastUpdatedDate = management.now();
      state.keys.set(draft.id, draft);
      enforcement.invalidate();
      return { ...shown(draft, false), tags: { ...draft.tags } };
    },
    DeleteApiKey: (input: Given<DeleteApiKeyRequest>): void => {
      const { id } = state.key(input.apiKey);
      for (const { plan, keyIds } of state.plans.values()) {
        if (keyIds.delete(id)) enforcement.removeKey(plan.id, id);
      }
      state.keys.delete(id);
      enforcement.invalidate();
    },
  };
}

function checkNew({ name, value, description }: Given<CreateApiKeyRequest>): void {
  if (name && name.length > LONGEST_NAME) badRequest('Invalid API Key name, can be at most 1024 characters.');
  if (value && value.length < 20) badRequest('API Key value should be at least 20 characters');
  if (value && value.length > 128) badRequest('API Key value exceeds maximum size of 128 characters');
  checkDescription(description);
}

function checkDescription(description: string | undefined): void {
  if (description && description.length > LONGEST_DESCRIPTION) badRequest('Invalid API Key description specified.');
}

function patchKey(key: StoredKey, patch: Patch): void {
  if (patch.op !== 'replace') invalidPath(patch, PATCHABLE);
  switch (patch.path) {
    case '/enabled':
      key.enabled = patch.value === 'true';
      return;
    case '/name':
      key.name = patch.value;
      return;
    case '/description':
      checkDescription(patch.value);
      key.description = patch.value;
      return;
    case '/customerId':
      key.customerId = patch.value;
      return;
    default:
      invalidPath(patch, PATCHABLE);
  }
}

function shown(key: StoredKey, includeValue: boolean): ApiKey {
  const { value, ...rest } = copyOf(key);
  return includeValue ? { ...rest, value } : rest;
}
