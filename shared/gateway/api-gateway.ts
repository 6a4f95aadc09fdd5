import {
  type APIGatewayClient,
  GetAccountCommand,
  GetRestApiCommand,
  GetStageCommand,
  GetUsagePlansCommand,
  type PatchOperation,
  type Stage,
  type ThrottleSettings,
  UpdateStageCommand,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway';
import { bounded } from '../limits/bounds.ts';
import type { Limit } from '../limits/limit.ts';
import { isSameLimit } from '../limits/limit.ts';
import type { MethodKey } from '../limits/method-key.ts';
import { methodKeyOf, STAGE_DEFAULT } from '../limits/method-key.ts';
import type { ApiStage } from '../platform/api-stage.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { isConflict, isThrottled, retryAfterMs } from '../platform/errors.ts';
import { emptyRecord, own, recordOf } from '../platform/records.ts';
import { calls, planPatch, stagePatch } from './patch.ts';
import type { Gateway, KnownStage, StageReading, WriteResult } from './port.ts';

const PAGE_LIMIT = 500;
/** How long the account's limit is cached; the limit changes only when AWS grants a quota request. */
const ACCOUNT_AGE_MS = 15 * 60_000;
/** A second write adjusts a method override that somebody added between our read and our first write. */
const MOST_ROUNDS = 2;

type StageLimits = Readonly<Record<MethodKey, Limit>>;

/** The adapter of the port. API names never change and the account's limit rarely changes, so both are cached. */
export function createGateway(client: APIGatewayClient, clock: Clock = systemClock): Gateway {
  const names = new Map<string, string>();
  let account: { readonly limit: Limit; readonly readMs: number } | undefined;
  const gateway: Gateway = {
    accountLimit: async () => {
      if (account && clock.now() - account.readMs < ACCOUNT_AGE_MS) return account.limit;
      const limit = await readAccount(client);
      account = limit && { limit, readMs: clock.now() };
      return limit;
    },
    apiName: async (apiId) => {
      const known = names.get(apiId) ?? (await client.send(new GetRestApiCommand({ restApiId: apiId }))).name ?? apiId;
      names.set(apiId, known);
      return known;
    },
    readStage: async ({ apiId, stage }, bound) =>
      stageReading(await client.send(new GetStageCommand({ restApiId: apiId, stageName: stage })), bound),
    readPlans: () => readPlans(client),
    writeStage: async (api, wanted, known) => await sending(async () => await writeStage(client, api, wanted, known)),
    writePlan: async (planId, wanted) =>
      await writePlan(client, planId, wanted, (await gateway.accountLimit()) ?? wanted),
  };
  return gateway;
}

/** An invalid limit is not cached: the next answer may be a valid one. */
async function readAccount(client: APIGatewayClient): Promise<Limit | undefined> {
  const limit = limitOf((await client.send(new GetAccountCommand({}))).throttleSettings);
  return limit && bounded(limit, limit).kind === 'limit' ? limit : undefined;
}

async function readPlans(client: APIGatewayClient): Promise<ReadonlyMap<string, Limit>> {
  const plans = new Map<string, Limit>();
  let position: string | undefined;
  do {
    const page = await client.send(new GetUsagePlansCommand({ limit: PAGE_LIMIT, ...(position ? { position } : {}) }));
    // Stryker disable next-line ArrayDeclaration: what has no id is passed by.
    for (const plan of page.items ?? []) {
      const limit = limitOf(plan.throttle);
      if (plan.id !== undefined && limit) plans.set(plan.id, limit);
    }
    position = page.position;
  } while (position !== undefined);
  return plans;
}

function limitOf(throttle: ThrottleSettings | undefined): Limit | undefined {
  const { rateLimit, burstLimit } = throttle ?? {};
  return rateLimit === undefined || burstLimit === undefined ? undefined : { rateRps: rateLimit, burst: burstLimit };
}

function stageReading(stage: Pick<Stage, 'methodSettings'>, account: Limit): StageReading {
  const limits = emptyRecord<Limit>();
  const settingsKeys = emptyRecord<string[]>();
  const unreadable = emptyRecord<string>();
  for (const [settingsKey, setting] of Object.entries(stage.methodSettings ?? {})) {
    const limit = limitOf({ rateLimit: setting.throttlingRateLimit, burstLimit: setting.throttlingBurstLimit });
    const method = methodKeyOf(settingsKey);
    settingsKeys[method] = [...(own(settingsKeys, method) ?? []), settingsKey];
    if (limit && isLimit(limit)) limits[method] = inForce(limit, account);
    else if (limit) unreadable[method] = `${limit.rateRps} rps, burst ${limit.burst} is not a valid limit`;
  }
  return { limits, settingsKeys, unreadable };
}

const isLimit = ({ rateRps, burst }: Limit): boolean =>
  Number.isFinite(rateRps) && Number.isFinite(burst) && rateRps >= -1 && burst >= -1;

/** The value -1 switches a stage's throttle off, so that only the account's limit applies. */
function inForce({ rateRps, burst }: Limit, account: Limit): Limit {
  return { rateRps: rateRps === -1 ? account.rateRps : rateRps, burst: burst === -1 ? account.burst : burst };
}

/**
 * `UpdateStage` returns the whole stage, which serves as the read-back of the written limits. A method override that did not
 * exist when the stage was read follows the default.
 */
async function writeStage(
  client: APIGatewayClient,
  api: ApiStage,
  wanted: StageLimits,
  { settingsKeys, account }: KnownStage,
  roundsLeft = MOST_ROUNDS,
): Promise<WriteResult<StageLimits>> {
  const patch = stagePatch(wanted, settingsKeys, account);
  if (patch.kind === 'refused') return patch;
  let stage: Pick<Stage, 'methodSettings'> = {};
  for (const patchOperations of calls(patch.operations)) stage = await updateStage(client, api, patchOperations);
  const answer = stageReading(stage, account);
  const fallback = own(wanted, STAGE_DEFAULT);
  const known = { ...wanted, ...settingsKeys };
  const added = Object.keys(answer.settingsKeys).filter((method) => own(known, method) === undefined);
  const all = fallback
    ? recordOf([...Object.entries(wanted), ...added.map((method) => [method, fallback] as const)])
    : wanted;
  const inStep = stagePatch(all, answer.settingsKeys, account);
  if (inStep.kind === 'patch' && isInForce(inStep.limits, answer.limits))
    return { kind: 'written', value: inStep.limits };
  if (added.length > 0 && roundsLeft > 1)
    return await writeStage(client, api, all, { settingsKeys: answer.settingsKeys, account }, roundsLeft - 1);
  return { kind: 'mismatch', wanted: patch.limits, found: answer.limits };
}

function isInForce(wanted: StageLimits, found: StageLimits): boolean {
  return Object.entries(wanted).every(([method, limit]) => isSame(own(found, method), limit));
}

async function updateStage(client: APIGatewayClient, api: ApiStage, patchOperations: PatchOperation[]): Promise<Stage> {
  return await client.send(new UpdateStageCommand({ restApiId: api.apiId, stageName: api.stage, patchOperations }));
}

async function writePlan(
  client: APIGatewayClient,
  usagePlanId: string,
  wanted: Limit,
  account: Limit,
): Promise<WriteResult<Limit>> {
  const patch = planPatch(wanted, account);
  if (patch.kind === 'refused') return patch;
  const limit = patch.limits.plan ?? wanted;
  return await sending(async () => {
    const answer = await client.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations: patch.operations }));
    const found = limitOf(answer.throttle);
    return isSame(found, limit) ? { kind: 'written', value: limit } : { kind: 'mismatch', wanted: limit, found };
  });
}

function isSame(found: Limit | undefined, wanted: Limit): boolean {
  return found !== undefined && isSameLimit(found, wanted);
}

/** Returns the two expected refusals as values and throws every other error. */
async function sending<Value>(send: () => Promise<WriteResult<Value>>): Promise<WriteResult<Value>> {
  try {
    return await send();
  } catch (error) {
    if (isThrottled(error)) return { kind: 'deferred', reason: 'throttled', retryAfterMs: retryAfterMs(error) };
    if (isConflict(error)) return { kind: 'deferred', reason: 'conflict', retryAfterMs: retryAfterMs(error) };
    throw error;
  }
}
