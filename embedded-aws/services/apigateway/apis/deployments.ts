import type {
  CreateDeploymentRequest,
  DeleteDeploymentRequest,
  Deployment,
  Deployments,
  GetDeploymentRequest,
  GetDeploymentsRequest,
  MethodSnapshot,
  UpdateDeploymentRequest,
} from '@aws-sdk/client-api-gateway';
import type { DeployedApi, DeployedMethod } from '../../../gateway/deployed/deployed-api.ts';
import { emptyRecord, own } from '../../../kernel/plain-records.ts';
import { badRequest, notFound } from '../apigateway-errors.ts';
import type { ApiRecord, StoredDeployment } from '../apigateway-state.ts';
import type { Given } from '../given.ts';
import type { Management } from '../management.ts';
import { page } from '../paging.ts';
import { invalidPath, readPatches } from '../patch-operations.ts';
import { newStage } from '../stages/stages.ts';
import { copyOf } from './copy.ts';

/** CreateDeployment, GetDeployment, GetDeployments, UpdateDeployment (its description), DeleteDeployment. */
export function deploymentOperations(management: Management) {
  const { state } = management;
  return {
    CreateDeployment: (input: Given<CreateDeploymentRequest>): Deployment => {
      const record = state.api(input.restApiId);
      if (input.canarySettings) checkCanary(record, input.stageName);
      const stored = deploy(management, record, input.description);
      record.deployments.set(stored.deployment.id, stored);
      if (input.stageName) showAt(management, record, input, stored.deployment.id);
      return { ...stored.deployment };
    },
    GetDeployment: (input: Given<GetDeploymentRequest>): Deployment => {
      const stored = state.api(input.restApiId).deployments.get(input.deploymentId);
      if (!stored) return notFound('Invalid Deployment identifier specified');
      const embedded = input.embed?.includes('apisummary') ? { apiSummary: summary(stored.deployed) } : {};
      return { ...stored.deployment, ...embedded };
    },
    GetDeployments: (input: Given<GetDeploymentsRequest>): Deployments => {
      const stored = [...state.api(input.restApiId).deployments.values()];
      return page(
        stored.map(({ deployment }) => ({ ...deployment })),
        input,
      );
    },
    UpdateDeployment: (input: Given<UpdateDeploymentRequest>): Deployment => {
      const { deployments } = state.api(input.restApiId);
      const stored = deployments.get(input.deploymentId) ?? notFound('Invalid Deployment identifier specified');
      const draft = { ...stored.deployment };
      for (const patch of readPatches('UpdateDeployment', input.patchOperations)) {
        if (patch.op !== 'replace' || patch.path !== '/description') invalidPath(patch, ['/description']);
        draft.description = patch.value;
      }
      deployments.set(draft.id, { ...stored, deployment: draft });
      return { ...draft };
    },
    DeleteDeployment: (input: Given<DeleteDeploymentRequest>): void => {
      const { deployments, stages } = state.api(input.restApiId);
      if (!deployments.has(input.deploymentId)) notFound('Invalid Deployment identifier specified');
      if ([...stages.values()].some((stage) => stage.deploymentId === input.deploymentId)) {
        badRequest('Active stages pointing to this deployment must be moved or deleted');
      }
      deployments.delete(input.deploymentId);
    },
  };
}

function checkCanary(record: ApiRecord, stageName: string | undefined): void {
  const start = 'Invalid deployment content specified.';
  if (!stageName) {
    const given = stageName === undefined ? 'null' : 'empty';
    badRequest(
      `${start}Non null and non empty stageName must be provided for canary deployment. Provided value is ${given}`,
    );
  }
  if (!record.stages.has(stageName)) {
    badRequest(`${start}Stage ${stageName} must already be created before making a canary release deployment`);
  }
}

/** Freezes the API's present methods, integrations and gateway responses. */
function deploy(management: Management, record: ApiRecord, description: string | undefined): StoredDeployment {
  const id = management.aws.ids.id('deployment', record.api.name, 6);
  const deployed: DeployedApi = {
    deploymentId: id,
    apiName: record.api.name,
    methods: freezeMethods(record),
    gatewayResponses: new Map(copyOf([...record.gatewayResponses])),
  };
  const described = description === undefined ? {} : { description };
  return { deployment: { id, ...described, createdDate: management.now() }, deployed };
}

function freezeMethods(record: ApiRecord): DeployedMethod[] {
  const methods: DeployedMethod[] = [];
  for (const { id, path, resourceMethods } of record.resources.values()) {
    for (const [verb, method] of Object.entries(resourceMethods)) {
      const integration = method.methodIntegration ?? badRequest('No integration defined for method');
      const apiKeyRequired = method.apiKeyRequired ?? false;
      methods.push({ resourceId: id, path, verb, apiKeyRequired, integration: copyOf(integration) });
    }
  }
  return methods.length > 0 ? methods : badRequest("The REST API doesn't contain any methods");
}

/** A stage that exists is pointed to the new deployment and otherwise kept; a canary deployment goes beside the old. */
function showAt(
  management: Management,
  record: ApiRecord,
  input: Given<CreateDeploymentRequest>,
  deploymentId: string,
): void {
  const stageName = input.stageName ?? '';
  const existing = record.stages.get(stageName);
  if (!existing) {
    const { stageDescription: description, canarySettings: _, ...rest } = input;
    const stage = newStage(
      { ...rest, stageName, deploymentId, ...(description ? { description } : {}) },
      management.now(),
    );
    management.putStage(input.restApiId, { ...stage });
    return;
  }
  const change = input.canarySettings
    ? { canarySettings: { ...input.canarySettings, deploymentId } }
    : { deploymentId };
  const described = input.stageDescription ? { description: input.stageDescription } : {};
  const variables = input.variables ? { variables: { ...existing.variables, ...input.variables } } : {};
  const lastUpdatedDate = management.now();
  management.putStage(input.restApiId, { ...existing, ...described, ...variables, ...change, lastUpdatedDate });
}

function summary({ methods }: DeployedApi): Record<string, Record<string, MethodSnapshot>> {
  const byPath = emptyRecord<Record<string, MethodSnapshot>>();
  for (const { path, verb, apiKeyRequired } of methods) {
    byPath[path] = { ...own(byPath, path), [verb]: { authorizationType: 'NONE', apiKeyRequired } };
  }
  return byPath;
}
