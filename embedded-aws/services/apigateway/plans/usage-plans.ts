import type {
  CreateUsagePlanRequest,
  DeleteUsagePlanRequest,
  GetUsagePlanRequest,
  GetUsagePlansRequest,
  UpdateUsagePlanRequest,
  UsagePlan,
  UsagePlans,
} from '@aws-sdk/client-api-gateway';
import type { Call } from '../../../kernel/aws.ts';
import { badRequest } from '../apigateway-errors.ts';
import type { StoredPlan } from '../apigateway-state.ts';
import { copyOf } from '../apis/copy.ts';
import type { Given } from '../given.ts';
import type { Management } from '../management.ts';
import { page } from '../paging.ts';
import { readPatches } from '../patch-operations.ts';
import { checkStage, patchPlan } from './usage-plan-patch.ts';

/** CreateUsagePlan, GetUsagePlan, GetUsagePlans, UpdateUsagePlan, DeleteUsagePlan. */
export function usagePlanOperations(management: Management) {
  const { state, aws, enforcement } = management;
  return {
    CreateUsagePlan: (input: Given<CreateUsagePlanRequest>): UsagePlan => {
      const plan = newPlan(input, aws.ids.id('usageplan', input.name, 6));
      for (const stage of plan.apiStages) checkStage(plan, stage, state);
      management.putPlan(plan);
      return copyOf(plan);
    },
    GetUsagePlan: (input: Given<GetUsagePlanRequest>): UsagePlan => shown(state.plan(input.usagePlanId).plan),
    GetUsagePlans: (input: Given<GetUsagePlansRequest>): UsagePlans => {
      const { keyId } = input;
      const records = [...state.plans.values()].filter((record) => !keyId || record.keyIds.has(keyId));
      return page(
        records.map(({ plan: { tags: _, ...plan } }) => copyOf(plan)),
        input,
      );
    },
    UpdateUsagePlan: (input: Given<UpdateUsagePlanRequest>, call: Call): UsagePlan => {
      const patches = readPatches('UpdateUsagePlan', input.patchOperations);
      const draft = copyOf(state.plan(input.usagePlanId).plan);
      for (const patch of patches) patchPlan(draft, patch, state);
      management.putPlan(draft);
      const { usagePlanId: target, patchOperations = [] } = input;
      management.noteWrite({ operation: 'UpdateUsagePlan', target, patchOperations }, call);
      return shown(draft);
    },
    DeleteUsagePlan: (input: Given<DeleteUsagePlanRequest>): void => {
      const { plan } = state.plan(input.usagePlanId);
      const [first] = plan.apiStages;
      if (first) {
        badRequest(
          `Cannot delete Usage Plan ${plan.id} because there are API Stages associated with it, including ${first.apiId}:${first.stage}`,
        );
      }
      state.plans.delete(plan.id);
      enforcement.removePlan(plan.id);
    },
  };
}

const shown = (plan: StoredPlan): UsagePlan => copyOf({ ...plan, tags: plan.tags ?? {} });

function newPlan(input: Given<CreateUsagePlanRequest>, id: string): StoredPlan {
  const { tags, quota, throttle, apiStages, ...given } = input;
  return copyOf({
    ...given,
    id,
    apiStages: apiStages ?? [],
    ...(throttle ? { throttle: { burstLimit: 0, rateLimit: 0, ...throttle } } : {}),
    ...(quota ? { quota: { offset: 0, ...quota } } : {}),
    ...(tags && Object.keys(tags).length > 0 ? { tags } : {}),
  });
}
