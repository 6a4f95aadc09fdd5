import type { ApiStage, QuotaPeriodType, ThrottleSettings } from '@aws-sdk/client-api-gateway';
import { normaliseMethodKey } from '../../../gateway/deployed/method-spelling.ts';
import { badRequest, notFound } from '../apigateway-errors.ts';
import type { ApiGatewayState, StoredPlan } from '../apigateway-state.ts';
import { invalidPath, type Patch, readInteger, readNumber } from '../patch-operations.ts';

const STAGE_THROTTLE = '/apiStages/<apidId:stageName>/throttle';
const SETTABLE = [
  '/name',
  '/description',
  '/productCode',
  '/throttle/rateLimit',
  '/throttle/burstLimit',
  '/quota/limit',
  '/quota/offset',
  '/quota/period',
  STAGE_THROTTLE,
  `${STAGE_THROTTLE}/<resourcePath>/<httpMethod>/rateLimit`,
  `${STAGE_THROTTLE}/<resourcePath>/<httpMethod>/burstLimit`,
];
const REMOVABLE = [
  '/apiStages',
  '/quota',
  '/throttle',
  '/productCode',
  `${STAGE_THROTTLE}/<resourcePath>/<httpMethod>`,
  STAGE_THROTTLE,
];

const STAGE_PATH = /^\/apiStages\/([^/:]+:[^/]+)\/throttle(?:\/(.+))?$/;

/**
 * Applies one operation to a draft of the plan. `add` and `replace` both create what is absent.
 * @throws BadRequestException or NotFoundException with AWS's own text
 */
export function patchPlan(plan: StoredPlan, patch: Patch, state: ApiGatewayState): void {
  const [, stageId, method] = STAGE_PATH.exec(patch.path) ?? [];
  if (stageId !== undefined) patchStageThrottle(stageOf(plan, stageId), method, patch, state);
  else if (patch.op === 'remove') removeFromPlan(plan, patch);
  else if (patch.op === 'add' && patch.path === '/apiStages') addStage(plan, patch.value, state);
  else if (patch.op === 'add' || patch.op === 'replace') setInPlan(plan, patch, state);
  else invalidPath(patch, SETTABLE);
}

/** @throws NotFoundException when the plan, or the account, has no such stage */
export function checkStage({ id }: StoredPlan, { apiId, stage }: ApiStage, state: ApiGatewayState): void {
  if (!state.apis.get(apiId ?? '')?.stages.has(stage ?? '')) {
    notFound(`Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${id}`);
  }
}

function addStage(plan: StoredPlan, value: string, state: ApiGatewayState): void {
  const added = readStage(value);
  checkStage(plan, added, state);
  if (!findStage(plan, added)) plan.apiStages.push(added);
}

function removeFromPlan(plan: StoredPlan, patch: Patch): void {
  switch (patch.path) {
    case '/apiStages': {
      const removed = readStage(patch.value);
      const existing = findStage(plan, removed);
      if (!existing) {
        notFound(
          `Invalid API Stage {api: ${removed.apiId}, stage: ${removed.stage}} specified for usageplan ${plan.id}`,
        );
      }
      plan.apiStages = plan.apiStages.filter((stage) => stage !== existing);
      return;
    }
    case '/throttle':
      delete plan.throttle;
      return;
    case '/quota':
      delete plan.quota;
      return;
    case '/productCode':
      delete plan.productCode;
      return;
    default:
      invalidPath(patch, REMOVABLE);
  }
}

function setInPlan(plan: StoredPlan, patch: Patch, state: ApiGatewayState): void {
  const { path, value } = patch;
  if (path === '/name') plan.name = value;
  else if (path === '/description') plan.description = value;
  else if (path === '/productCode') plan.productCode = value;
  else if (path.startsWith('/throttle/')) plan.throttle = withThrottle(plan.throttle, path.slice(10), patch, state);
  else if (path.startsWith('/quota/')) plan.quota = { offset: 0, ...plan.quota, ...quotaMember(path.slice(7), patch) };
  else invalidPath(patch, SETTABLE);
}

function withThrottle(
  throttle: ThrottleSettings | undefined,
  member: string,
  patch: Patch,
  { account }: ApiGatewayState,
): ThrottleSettings {
  const { rateLimit, burstLimit } = account.throttleSettings ?? {};
  if (member === 'rateLimit') {
    const max = rateLimit ?? Number.POSITIVE_INFINITY;
    return { ...throttle, rateLimit: readNumber(member, patch.value, { min: 0, max }) };
  }
  if (member !== 'burstLimit') return invalidPath(patch, SETTABLE);
  const max = burstLimit ?? Number.POSITIVE_INFINITY;
  return { ...throttle, burstLimit: readInteger(member, patch.value, { min: 0, max }) };
}

const isPeriod = (value: string): value is QuotaPeriodType => ['DAY', 'WEEK', 'MONTH'].includes(value);

function quotaMember(
  member: string,
  patch: Patch,
): { limit: number } | { offset: number } | { period: QuotaPeriodType } {
  const { value } = patch;
  if (member === 'period') {
    return isPeriod(value) ? { period: value } : badRequest(`Invalid quota period '${value}' specified`);
  }
  if (member !== 'limit' && member !== 'offset') return invalidPath(patch, SETTABLE);
  const number = readInteger(`quota ${member}`, value, { min: 0, max: Number.MAX_SAFE_INTEGER });
  return member === 'limit' ? { limit: number } : { offset: number };
}

function patchStageThrottle(stage: ApiStage, method: string | undefined, patch: Patch, state: ApiGatewayState): void {
  if (method === undefined) {
    if (patch.op === 'remove') delete stage.throttle;
    else stage.throttle = readMethodMap(patch, state);
    return;
  }
  const [, key, member] = /^(.*?)(?:\/(rateLimit|burstLimit))?$/.exec(method) ?? [];
  const name = methodName(key ?? '');
  if (patch.op === 'remove' && member === undefined) {
    delete stage.throttle?.[name];
  } else if (patch.op !== 'remove' && member !== undefined) {
    const throttle = withThrottle(stage.throttle?.[name], member, patch, state);
    stage.throttle = { ...stage.throttle, [name]: throttle };
  } else {
    invalidPath(patch, patch.op === 'remove' ? REMOVABLE : SETTABLE);
  }
}

/** A plan limits single methods only; its own throttle is the default. */
function methodName(key: string): string {
  if (key.includes('*')) badRequest(`Invalid resource path and method '${key}' specified`);
  return normaliseMethodKey(key);
}

/** The whole map at once: a JSON text of `{"/orders/POST": {"rateLimit": 10, "burstLimit": 20}}`. */
function readMethodMap(patch: Patch, state: ApiGatewayState): Record<string, ThrottleSettings> {
  let map: Record<string, ThrottleSettings>;
  try {
    map = JSON.parse(patch.value) as Record<string, ThrottleSettings>;
  } catch {
    return badRequest(`Invalid throttle map specified for path '${patch.path}'`);
  }
  const entries = Object.entries(map).map(([key, { rateLimit, burstLimit }]) => {
    const rate = withThrottle(undefined, 'rateLimit', { ...patch, value: String(rateLimit) }, state);
    return [methodName(key), withThrottle(rate, 'burstLimit', { ...patch, value: String(burstLimit) }, state)] as const;
  });
  return Object.fromEntries(entries);
}

function readStage(value: string): { apiId: string; stage: string } {
  const [apiId, stage] = value.split(':');
  return apiId && stage ? { apiId, stage } : badRequest('Invalid API Stage specified');
}

const findStage = (plan: StoredPlan, wanted: { apiId: string; stage: string }): ApiStage | undefined =>
  plan.apiStages.find(({ apiId, stage }) => apiId === wanted.apiId && stage === wanted.stage);

function stageOf(plan: StoredPlan, stageId: string): ApiStage {
  const wanted = readStage(stageId);
  return (
    findStage(plan, wanted) ??
    notFound(`Invalid API Stage {api: ${wanted.apiId}, stage: ${wanted.stage}} specified for usageplan ${plan.id}`)
  );
}
