import type { Account } from '@aws-sdk/client-api-gateway';
import { normaliseMethodKey } from '../../../gateway/deployed/method-spelling.ts';
import { own } from '../../../kernel/plain-records.ts';
import { badRequest } from '../apigateway-errors.ts';
import type { ApiRecord, StoredStage } from '../apigateway-state.ts';
import type { Patch } from '../patch-operations.ts';
import { patchCanary, promoteCanary } from './canary-patch.ts';
import { methodSettingOf, patchMethodSetting } from './method-settings.ts';

/** Byte for byte as AWS lists them, its missing commas included. */
const STAGE_PATHS =
  '/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, ' +
  '/{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, ' +
  '/{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, ' +
  '/{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, ' +
  '/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, ' +
  '/*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, ' +
  '/*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled';

const ACCESS_LOG_PATHS = ['/accessLogSettings/destinationArn', '/accessLogSettings/format'];
const VARIABLE_VALUE = /^[A-Za-z0-9\-._~:/?#&=,]+$/;

export interface StagePatchScope {
  readonly record: ApiRecord;
  readonly account: Account;
}

/**
 * Applies one operation to a draft of the stage.
 * @throws BadRequestException with AWS's own text
 */
export function patchStage(stage: StoredStage, patch: Patch, scope: StagePatchScope): void {
  if (patch.op === 'remove') removeFromStage(stage, patch);
  else if (patch.op === 'copy') promoteCanary(stage, patch);
  else if (patch.path.startsWith('/accessLogSettings')) patchAccessLog(stage, patch);
  else if (patch.op !== 'replace') badRequest(`Invalid ${patch.op} operation with path: ${patch.path}`);
  else replaceInStage(stage, patch, scope);
}

function replaceInStage(stage: StoredStage, patch: Patch, { record, account }: StagePatchScope): void {
  const { path, value } = patch;
  switch (path) {
    case '/deploymentId':
      if (!record.deployments.has(value)) badRequest('Deployment id does not exist');
      stage.deploymentId = value;
      return;
    case '/description':
      stage.description = value;
      return;
    case '/clientCertificateId':
      stage.clientCertificateId = value;
      return;
    case '/tracingEnabled':
      stage.tracingEnabled = value === 'true';
      return;
    case '/cacheClusterEnabled':
      stage.cacheClusterEnabled = value === 'true';
      return;
  }
  if (path.startsWith('/variables/')) setVariable(stage, path.slice('/variables/'.length), value);
  else if (path.startsWith('/canarySettings/')) patchCanary(stage, patch, record) || invalidStagePath(path);
  else patchMethodSetting(stage, patch, account) || invalidStagePath(path);
}

function invalidStagePath(path: string): never {
  return badRequest(`Invalid method setting path: ${path}. Must be one of: [${STAGE_PATHS}]`);
}

function setVariable(stage: StoredStage, name: string, value: string): void {
  if (!/^\w+$/.test(name) || !VARIABLE_VALUE.test(value)) {
    badRequest(`Invalid stage variable '${name}'. Names are alphanumeric, values match [A-Za-z0-9-._~:/?#&=,]+`);
  }
  stage.variables = { ...stage.variables, [name]: value };
}

function patchAccessLog(stage: StoredStage, { path, value }: Patch): void {
  if (!ACCESS_LOG_PATHS.includes(path)) {
    badRequest(`Invalid accessLogSettings path. Must be one of : [${ACCESS_LOG_PATHS.join(', ')}]`);
  }
  if (value === '') badRequest('Access Log value must not be empty');
  // Templates may name a log group with its `:*`; this operation may not. The text is not recorded.
  if (path.endsWith('Arn') && value.endsWith(':*')) badRequest(`Invalid ARN specified in the request: ${value}`);
  const member = path.endsWith('format') ? 'format' : 'destinationArn';
  stage.accessLogSettings = { ...stage.accessLogSettings, [member]: value };
}

/** What is no known path is taken for a method setting, as AWS does. */
function removeFromStage(stage: StoredStage, { path }: Patch): void {
  const variable = /^\/variables\/(.+)$/.exec(path)?.[1];
  if (path === '/accessLogSettings') delete stage.accessLogSettings;
  else if (path === '/canarySettings') delete stage.canarySettings;
  else if (path === '/variables') delete stage.variables;
  else if (variable && stage.variables && own(stage.variables, variable) !== undefined)
    delete stage.variables[variable];
  else removeMethodSetting(stage, path.replace(/^\//, ''));
}

function removeMethodSetting(stage: StoredStage, key: string): void {
  const existing = methodSettingOf(stage, normaliseMethodKey(key));
  if (existing === undefined) {
    badRequest(`Cannot remove method setting ${key} because there is no method setting for this method `);
  }
  delete stage.methodSettings[existing];
}
