import type {
  CreateStageRequest,
  DeleteStageRequest,
  GetStageRequest,
  GetStagesRequest,
  Stage,
  Stages,
  UpdateStageRequest,
} from '@aws-sdk/client-api-gateway';
import type { Call } from '../../../kernel/aws.ts';
import { badRequest, conflict } from '../apigateway-errors.ts';
import type { StoredStage } from '../apigateway-state.ts';
import { copyOf } from '../apis/copy.ts';
import type { Given } from '../given.ts';
import type { Management } from '../management.ts';
import { readPatches } from '../patch-operations.ts';
import { patchStage } from './stage-patch.ts';

/** CreateStage, GetStage, GetStages, UpdateStage, DeleteStage. */
export function stageOperations(management: Management) {
  const { state } = management;
  return {
    CreateStage: (input: Given<CreateStageRequest>): Stage => {
      const record = state.api(input.restApiId);
      if (!record.deployments.has(input.deploymentId)) badRequest('Deployment id does not exist');
      if (record.stages.has(input.stageName)) conflict('Stage already exists');
      const stage = newStage(input, management.now());
      management.putStage(input.restApiId, stage);
      return copyOf(stage);
    },
    GetStage: (input: Given<GetStageRequest>): Stage => copyOf(state.stage(input.restApiId, input.stageName)),
    GetStages: (input: Given<GetStagesRequest>): Stages => {
      const stages = [...state.api(input.restApiId).stages.values()];
      const { deploymentId } = input;
      return copyOf({ item: stages.filter((stage) => !deploymentId || stage.deploymentId === deploymentId) });
    },
    UpdateStage: (input: Given<UpdateStageRequest>, call: Call): Stage => {
      const patches = readPatches('UpdateStage', input.patchOperations);
      const scope = { record: state.api(input.restApiId), account: state.account };
      const draft = copyOf(state.stage(input.restApiId, input.stageName));
      for (const patch of patches) patchStage(draft, patch, scope);
      draft.lastUpdatedDate = management.now();
      management.putStage(input.restApiId, draft);
      const target = `${input.restApiId}:${input.stageName}`;
      management.noteWrite({ operation: 'UpdateStage', target, patchOperations: input.patchOperations ?? [] }, call);
      return copyOf(draft);
    },
    DeleteStage: (input: Given<DeleteStageRequest>): void => {
      state.stage(input.restApiId, input.stageName);
      management.removeStage(input.restApiId, input.stageName);
    },
  };
}

/** A new stage as AWS shows it: members that were not set are absent. */
export function newStage(input: Omit<Given<CreateStageRequest>, 'restApiId'>, now: Date): StoredStage {
  const { stageName, deploymentId, description, variables, documentationVersion, canarySettings, tags } = input;
  return {
    stageName,
    deploymentId,
    ...(description === undefined ? {} : { description }),
    cacheClusterEnabled: input.cacheClusterEnabled ?? false,
    cacheClusterStatus: 'NOT_AVAILABLE',
    methodSettings: {},
    ...(variables ? { variables } : {}),
    ...(documentationVersion ? { documentationVersion } : {}),
    ...(canarySettings ? { canarySettings } : {}),
    tracingEnabled: input.tracingEnabled ?? false,
    ...(tags && Object.keys(tags).length > 0 ? { tags } : {}),
    createdDate: now,
    lastUpdatedDate: now,
  };
}
