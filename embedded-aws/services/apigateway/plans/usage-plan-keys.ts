import type {
  CreateUsagePlanKeyRequest,
  DeleteUsagePlanKeyRequest,
  GetUsagePlanKeyRequest,
  GetUsagePlanKeysRequest,
  UsagePlanKey,
  UsagePlanKeys,
} from '@aws-sdk/client-api-gateway';
import { badRequest, conflict, notFound } from '../apigateway-errors.ts';
import type { ApiGatewayState, PlanRecord, StoredKey } from '../apigateway-state.ts';
import type { Given } from '../given.ts';
import type { Management } from '../management.ts';
import { page } from '../paging.ts';

/** CreateUsagePlanKey, GetUsagePlanKey, GetUsagePlanKeys, DeleteUsagePlanKey. The listing shows key values, as AWS's does. */
export function usagePlanKeyOperations({ state, enforcement }: Management) {
  return {
    CreateUsagePlanKey: (input: Given<CreateUsagePlanKeyRequest>): UsagePlanKey => {
      const record = state.plan(input.usagePlanId);
      const key = state.key(input.keyId);
      if (input.keyType !== 'API_KEY') badRequest('Invalid key type specified');
      if (record.keyIds.has(key.id)) conflict('Usage Plan Key already exists');
      checkOnePlanPerStage(state, record, key.id);
      record.keyIds.add(key.id);
      enforcement.invalidate();
      return planKey(key);
    },
    GetUsagePlanKey: (input: Given<GetUsagePlanKeyRequest>): UsagePlanKey => {
      const isMember = state.plan(input.usagePlanId).keyIds.has(input.keyId);
      return isMember ? planKey(state.key(input.keyId)) : notFound('Invalid Usage Plan Key identifier specified');
    },
    GetUsagePlanKeys: (input: Given<GetUsagePlanKeysRequest>): UsagePlanKeys => {
      // As recorded: an unknown plan has no keys, and that is no error.
      const keyIds = [...(state.plans.get(input.usagePlanId)?.keyIds ?? [])].reverse();
      const keys = keyIds.map((keyId) => state.key(keyId));
      const named = keys.filter(({ name }) => !input.nameQuery || name?.startsWith(input.nameQuery));
      return page(named.map(planKey), input);
    },
    DeleteUsagePlanKey: (input: Given<DeleteUsagePlanKeyRequest>): void => {
      const { keyIds } = state.plan(input.usagePlanId);
      if (!keyIds.delete(input.keyId)) notFound('Invalid Usage Plan Key identifier specified');
      enforcement.removeKey(input.usagePlanId, input.keyId);
    },
  };
}

function planKey({ id, name, value }: StoredKey): UsagePlanKey {
  return { id, type: 'API_KEY', value, ...(name ? { name } : {}) };
}

function checkOnePlanPerStage(state: ApiGatewayState, { plan }: PlanRecord, keyId: string): void {
  for (const other of state.plans.values()) {
    if (!other.keyIds.has(keyId)) continue;
    const shared = other.plan.apiStages.find(({ apiId, stage }) =>
      plan.apiStages.some((own) => own.apiId === apiId && own.stage === stage),
    );
    if (shared) {
      conflict(
        `API Key ${keyId} is already associated with API Stage ${shared.apiId}:${shared.stage} by another usage plan`,
      );
    }
  }
}
