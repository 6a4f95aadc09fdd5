import type { CanarySettings } from '@aws-sdk/client-api-gateway';
import { badRequest } from '../apigateway-errors.ts';
import type { ApiRecord, StoredStage } from '../apigateway-state.ts';
import { type Patch, readNumber } from '../patch-operations.ts';

/** Where a copy may go, and from where. */
const COPIES: Readonly<Record<string, string>> = {
  '/deploymentId': '/canarySettings/deploymentId',
  '/variables': '/canarySettings/stageVariableOverrides',
};

/**
 * Applies an operation on `/canarySettings/…`; false when the path is none of these. A canary is configuration only: the data plane
 * sends all traffic to the stage's own deployment.
 * @throws BadRequestException with AWS's own text
 */
export function patchCanary(stage: StoredStage, patch: Patch, record: ApiRecord): boolean {
  if (patch.op !== 'replace') badRequest(`Invalid ${patch.op} operation with path: ${patch.path}`);
  const canary: CanarySettings = stage.canarySettings ?? {
    deploymentId: stage.deploymentId,
    percentTraffic: 0,
    useStageCache: false,
  };
  const variable = /^\/canarySettings\/stageVariableOverrides\/(\w+)$/.exec(patch.path)?.[1];
  if (patch.path === '/canarySettings/deploymentId') {
    if (!record.deployments.has(patch.value)) badRequest('Deployment id does not exist');
    canary.deploymentId = patch.value;
  } else if (patch.path === '/canarySettings/percentTraffic') {
    canary.percentTraffic = readNumber('percentTraffic', patch.value, { min: 0, max: 100 });
  } else if (patch.path === '/canarySettings/useStageCache') {
    canary.useStageCache = patch.value === 'true';
  } else if (variable) {
    canary.stageVariableOverrides = { ...canary.stageVariableOverrides, [variable]: patch.value };
  } else {
    return false;
  }
  stage.canarySettings = canary;
  return true;
}

/** Applies a `copy`, which promotes a canary. @throws BadRequestException with AWS's own text */
export function promoteCanary(stage: StoredStage, { path, from }: Patch): void {
  if (COPIES[path] !== from) {
    const [to, source] = [Object.keys(COPIES).join(', '), Object.values(COPIES).join(', ')];
    badRequest(
      `Invalid copy operation with path: ${path} and from ${from}. Valid copy:path are [${to}] and valid copy:from are [${source}]`,
    );
  }
  const canary = stage.canarySettings ?? badRequest('Promotion not available. Canary does not exist.');
  if (path === '/deploymentId') stage.deploymentId = canary.deploymentId ?? stage.deploymentId;
  else stage.variables = { ...stage.variables, ...canary.stageVariableOverrides };
}
