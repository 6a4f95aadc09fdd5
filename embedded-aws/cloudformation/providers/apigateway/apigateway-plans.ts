import * as z from 'zod';
import { count, flag, list, object, tagList, tagMap, text } from '../provider-schema.ts';
import { differs, type Resource, resource } from '../resource.ts';
import { camelInput, type Patch, replacePatches } from './apigateway-shapes.ts';

const throttle = object({ BurstLimit: count.optional(), RateLimit: count.optional() });
const apiStage = object({
  ApiId: text.optional(),
  Stage: text.optional(),
  Throttle: z.record(z.string(), throttle).optional(),
});
type ApiStage = ReturnType<typeof apiStage.parse>;

const planSchema = object({
  ApiStages: list(apiStage).optional(),
  Description: text.optional(),
  Quota: object({ Limit: count.optional(), Offset: count.optional(), Period: text.optional() }).optional(),
  Tags: tagList.optional(),
  Throttle: throttle.optional(),
  UsagePlanName: text.optional(),
});
type PlanProperties = ReturnType<typeof planSchema.parse>;
type PlanResource = Resource<PlanProperties>;

const stageId = ({ ApiId, Stage }: ApiStage): string => `${ApiId}:${Stage}`;

function stageInput({ ApiId, Stage, Throttle }: ApiStage) {
  const methods = Object.entries(Throttle ?? {}).map(([method, limits]) => [method, camelInput(limits)]);
  return { apiId: ApiId, stage: Stage, ...(Throttle && { throttle: Object.fromEntries(methods) }) };
}

function stagePatches(previous: readonly ApiStage[], next: readonly ApiStage[]): Patch[] {
  const before = new Set(previous.map(stageId));
  const after = new Set(next.map(stageId));
  const removed = [...before].filter((id) => !after.has(id));
  const added = [...after].filter((id) => !before.has(id));
  const limits = next.flatMap((stage) =>
    Object.entries(stage.Throttle ?? {}).flatMap(([method, { RateLimit, BurstLimit }]) => {
      const path = `/apiStages/${stageId(stage)}/throttle/${method.replace(/^\//, '').replace(/\/(?=.*\/)/g, '~1')}`;
      return replacePatches({ [`${path}/rateLimit`]: RateLimit, [`${path}/burstLimit`]: BurstLimit });
    }),
  );
  return [
    ...removed.map((value): Patch => ({ op: 'remove', path: '/apiStages', value })),
    ...added.map((value): Patch => ({ op: 'add', path: '/apiStages', value })),
    ...limits,
  ];
}

/**
 * Any change writes the whole declared throttle and quota again, changed or not: what a controller has moved since
 * goes back to the template. AWS may do so, and a controller of limits must cope with it.
 */
function planPatches(previous: PlanProperties, next: PlanProperties): Patch[] {
  const removed: Patch[] = [];
  if (previous.Throttle && !next.Throttle) removed.push({ op: 'remove', path: '/throttle' });
  if (previous.Quota && !next.Quota) removed.push({ op: 'remove', path: '/quota' });
  return [
    ...removed,
    ...replacePatches({
      ...(differs(previous, next, 'UsagePlanName') && { '/name': next.UsagePlanName }),
      ...(differs(previous, next, 'Description') && { '/description': next.Description ?? '' }),
      '/throttle/rateLimit': next.Throttle?.RateLimit,
      '/throttle/burstLimit': next.Throttle?.BurstLimit,
      '/quota/limit': next.Quota?.Limit,
      '/quota/offset': next.Quota?.Offset,
      '/quota/period': next.Quota?.Period,
    }),
    ...stagePatches(previous.ApiStages ?? [], next.ApiStages ?? []),
  ];
}

async function updatePlan(call: PlanResource['call'], usagePlanId: string, patchOperations: Patch[]): Promise<void> {
  if (patchOperations.length > 0) await call('apigateway', 'UpdateUsagePlan', { usagePlanId, patchOperations });
}

const usagePlan = resource({
  type: 'AWS::ApiGateway::UsagePlan',
  schema: planSchema,
  replacement: [],
  create: async ({ properties, call, generatedName, tags }) => {
    const { UsagePlanName, Description, Quota, Throttle, ApiStages = [], Tags } = properties;
    const { id } = await call<{ id: string }>('apigateway', 'CreateUsagePlan', {
      name: UsagePlanName ?? generatedName(),
      description: Description,
      apiStages: ApiStages.map(stageInput),
      ...(Quota && { quota: camelInput(Quota) }),
      ...(Throttle && { throttle: camelInput(Throttle) }),
      tags: { ...tags, ...tagMap(Tags) },
    });
    return { id, attributes: { Id: id } };
  },
  update: ({ properties, call }, { id }, previous) => updatePlan(call, id, planPatches(previous, properties)),
  // A plan with stages cannot be deleted, and a person may have detached the stages by hand.
  delete: async ({ call }, { id: usagePlanId }) => {
    const plan = await call<{ apiStages?: { apiId: string; stage: string }[] }>('apigateway', 'GetUsagePlan', {
      usagePlanId,
    });
    const stages = (plan.apiStages ?? []).map(({ apiId, stage }) => `${apiId}:${stage}`);
    await updatePlan(
      call,
      usagePlanId,
      stages.map((value): Patch => ({ op: 'remove', path: '/apiStages', value })),
    );
    await call('apigateway', 'DeleteUsagePlan', { usagePlanId });
  },
});

const usagePlanKey = resource({
  type: 'AWS::ApiGateway::UsagePlanKey',
  schema: object({ KeyId: text, KeyType: z.literal('API_KEY'), UsagePlanId: text }),
  replacement: 'all',
  create: async ({ properties, call }) => {
    await call('apigateway', 'CreateUsagePlanKey', camelInput(properties));
    const id = `${properties.KeyId}:${properties.UsagePlanId}`;
    return { id, attributes: { Id: id } };
  },
  delete: ({ properties: { UsagePlanId, KeyId }, call }) =>
    call('apigateway', 'DeleteUsagePlanKey', { usagePlanId: UsagePlanId, keyId: KeyId }),
});

const apiKey = resource({
  type: 'AWS::ApiGateway::ApiKey',
  schema: object({
    CustomerId: text.optional(),
    Description: text.optional(),
    Enabled: flag.optional(),
    GenerateDistinctId: flag.optional(),
    Name: text.optional(),
    StageKeys: list(object({ RestApiId: text.optional(), StageName: text.optional() })).optional(),
    Tags: tagList.optional(),
    Value: text.optional(),
  }),
  replacement: ['GenerateDistinctId', 'Name', 'Value'],
  create: async ({ properties: { Tags, ...rest }, call, generatedName }) => {
    const name = rest.Name ?? generatedName();
    const tags = Tags && tagMap(Tags);
    const { id } = await call<{ id: string }>('apigateway', 'CreateApiKey', { ...camelInput(rest), name, tags });
    return { id, attributes: { APIKeyId: id } };
  },
  update: async ({ properties, call }, { id: apiKeyId }) => {
    const { Description = '', Enabled = false, CustomerId } = properties;
    const patchOperations = replacePatches({
      '/description': Description,
      '/enabled': Enabled,
      '/customerId': CustomerId,
    });
    await call('apigateway', 'UpdateApiKey', { apiKey: apiKeyId, patchOperations });
  },
  delete: ({ call }, { id }) => call('apigateway', 'DeleteApiKey', { apiKey: id }),
});

export const planTypes = [usagePlan, usagePlanKey, apiKey];
