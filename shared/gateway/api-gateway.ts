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
import type { ApiStage } from '../platform/api-stage.ts';
import { isConflict, isThrottled, retryAfterMs } from '../platform/errors.ts';
import type { Limit, MethodKey } from '../platform/units.ts';
import { isSameLimit } from './bounds.ts';
import { methodKeyOf } from './method-keys.ts';
import { calls, planPatch, stagePatch } from './patch.ts';
import type { Gateway, StageReading, WriteResult } from './port.ts';

const PAGE_LIMIT = 500;

/** The adapter of the port. Names and the account's limit hardly ever change: they are read once per container. */
export function createGateway(client: APIGatewayClient): Gateway {
  const names = new Map<string, string>();
  let account: Promise<Limit> | undefined;
  const gateway: Gateway = {
    accountLimit: () => {
      account ??= readAccount(client).catch((error: unknown) => {
        account = undefined;
        throw error;
      });
      return account;
    },
    apiName: async (apiId) => {
      const known = names.get(apiId) ?? (await client.send(new GetRestApiCommand({ restApiId: apiId }))).name ?? apiId;
      names.set(apiId, known);
      return known;
    },
    readStage: async ({ apiId, stage }) =>
      stageReading(await client.send(new GetStageCommand({ restApiId: apiId, stageName: stage }))),
    readPlans: () => readPlans(client),
    writeStage: async (api, wanted, reading) =>
      await writeStage(client, api, wanted, reading, await gateway.accountLimit()),
    writePlan: async (planId, wanted) => await writePlan(client, planId, wanted, await gateway.accountLimit()),
  };
  return gateway;
}

async function readAccount(client: APIGatewayClient): Promise<Limit> {
  const limit = limitOf((await client.send(new GetAccountCommand({}))).throttleSettings);
  if (!limit) throw new Error('GetAccount answered without throttle settings: no limit can be bounded.');
  return limit;
}

async function readPlans(client: APIGatewayClient): Promise<ReadonlyMap<string, Limit>> {
  const plans = new Map<string, Limit>();
  let position: string | undefined;
  do {
    const page = await client.send(new GetUsagePlansCommand({ limit: PAGE_LIMIT, ...(position ? { position } : {}) }));
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

function stageReading(stage: Pick<Stage, 'methodSettings'>): StageReading {
  const limits: Record<MethodKey, Limit> = {};
  const settingsKeys: Record<MethodKey, string[]> = {};
  for (const [settingsKey, setting] of Object.entries(stage.methodSettings ?? {})) {
    const limit = limitOf({ rateLimit: setting.throttlingRateLimit, burstLimit: setting.throttlingBurstLimit });
    const method = methodKeyOf(settingsKey);
    settingsKeys[method] = [...(settingsKeys[method] ?? []), settingsKey];
    if (limit) limits[method] = limit;
  }
  return { limits, settingsKeys };
}

/** The answer of `UpdateStage` is the whole stage, and so the read-back. */
async function writeStage(
  client: APIGatewayClient,
  api: ApiStage,
  wanted: Readonly<Record<MethodKey, Limit>>,
  reading: StageReading,
  account: Limit,
): Promise<WriteResult<Readonly<Record<MethodKey, Limit>>>> {
  const patch = stagePatch(wanted, reading.settingsKeys, account);
  if (patch.kind === 'refused') return patch;
  return await sending(async () => {
    let stage: Pick<Stage, 'methodSettings'> = {};
    for (const patchOperations of calls(patch.operations)) stage = await updateStage(client, api, patchOperations);
    const found = stageReading(stage).limits;
    const isWritten = Object.entries(patch.limits).every(([method, limit]) => isSame(found[method], limit));
    return isWritten ? { kind: 'written', value: patch.limits } : { kind: 'mismatch', wanted: patch.limits, found };
  });
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

/** Makes the two expected refusals a value; every other error is one. */
async function sending<Value>(send: () => Promise<WriteResult<Value>>): Promise<WriteResult<Value>> {
  try {
    return await send();
  } catch (error) {
    if (isThrottled(error)) return { kind: 'deferred', reason: 'throttled', retryAfterMs: retryAfterMs(error) };
    if (isConflict(error)) return { kind: 'deferred', reason: 'conflict', retryAfterMs: retryAfterMs(error) };
    throw error;
  }
}
