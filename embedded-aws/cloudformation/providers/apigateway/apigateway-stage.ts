import { count, flag, list, object, tagList, tagMap, text, textMap } from '../provider-schema.ts';
import { differs, type Resource, resource } from '../resource.ts';
import { camelInput, type Patch, replacePatches } from './apigateway-shapes.ts';

const methodSetting = object({
  CacheDataEncrypted: flag.optional(),
  CacheTtlInSeconds: count.optional(),
  CachingEnabled: flag.optional(),
  DataTraceEnabled: flag.optional(),
  HttpMethod: text.optional(),
  LoggingLevel: text.optional(),
  MetricsEnabled: flag.optional(),
  ResourcePath: text.optional(),
  ThrottlingBurstLimit: count.optional(),
  ThrottlingRateLimit: count.optional(),
});

const settings = {
  AccessLogSetting: object({ DestinationArn: text.optional(), Format: text.optional() }).optional(),
  CacheClusterEnabled: flag.optional(),
  CacheClusterSize: text.optional(),
  ClientCertificateId: text.optional(),
  Description: text.optional(),
  MethodSettings: list(methodSetting).optional(),
  TracingEnabled: flag.optional(),
  Variables: textMap.optional(),
};

const descriptionSchema = object({ ...settings, Tags: tagList.optional() });
type StageSettings = ReturnType<typeof descriptionSchema.parse>;

/** `/*` and `*` mean every method; `/~1a~1b`, `~1a~1b` and `/a/b` all mean the path `/a/b`. */
export function methodPath({
  ResourcePath = '/*',
  HttpMethod = '*',
}: {
  ResourcePath?: string | undefined;
  HttpMethod?: string | undefined;
}): string {
  if (ResourcePath === '/*' || ResourcePath === '*') return `/*/${HttpMethod}`;
  const inner = ResourcePath.replace(/^\//, '').replaceAll('/', '~1');
  return `/${inner === '' ? '~1' : inner}/${HttpMethod}`;
}

function methodPatches(setting: ReturnType<typeof methodSetting.parse>): Patch[] {
  const path = methodPath(setting);
  return replacePatches({
    [`${path}/metrics/enabled`]: setting.MetricsEnabled,
    [`${path}/logging/loglevel`]: setting.LoggingLevel,
    [`${path}/logging/dataTrace`]: setting.DataTraceEnabled,
    [`${path}/throttling/rateLimit`]: setting.ThrottlingRateLimit,
    [`${path}/throttling/burstLimit`]: setting.ThrottlingBurstLimit,
    [`${path}/caching/enabled`]: setting.CachingEnabled,
    [`${path}/caching/ttlInSeconds`]: setting.CacheTtlInSeconds,
    [`${path}/caching/dataEncrypted`]: setting.CacheDataEncrypted,
  });
}

function settingPatches({ MethodSettings = [], AccessLogSetting, Variables = {}, ...rest }: StageSettings): Patch[] {
  return [
    ...replacePatches({
      '/description': rest.Description,
      '/tracingEnabled': rest.TracingEnabled,
      '/cacheClusterEnabled': rest.CacheClusterEnabled,
      '/cacheClusterSize': rest.CacheClusterSize,
      '/clientCertificateId': rest.ClientCertificateId,
      // Templates pass a log group's ARN with its `:*`, which the operation refuses.
      '/accessLogSettings/destinationArn': AccessLogSetting?.DestinationArn?.replace(/:\*$/, ''),
      '/accessLogSettings/format': AccessLogSetting?.Format,
    }),
    ...replacePatches(
      Object.fromEntries(Object.entries(Variables).map(([name, value]) => [`/variables/${name}`, value])),
    ),
    ...MethodSettings.flatMap(methodPatches),
  ];
}

/** What an update takes away: method settings and variables that are no longer declared. */
function removalPatches(previous: StageSettings, next: StageSettings): Patch[] {
  const kept = new Set((next.MethodSettings ?? []).map(methodPath));
  const paths = (previous.MethodSettings ?? []).map(methodPath).filter((path) => !kept.has(path));
  const variables = Object.keys(previous.Variables ?? {}).filter((name) => !(name in (next.Variables ?? {})));
  const accessLog = previous.AccessLogSetting && !next.AccessLogSetting ? ['/accessLogSettings'] : [];
  const all = [...paths, ...variables.map((name) => `/variables/${name}`), ...accessLog];
  return all.map((path) => ({ op: 'remove', path }));
}

type Call = Resource<object>['call'];

async function patchStage(call: Call, restApiId: string, stageName: string, patchOperations: Patch[]): Promise<void> {
  if (patchOperations.length > 0) await call('apigateway', 'UpdateStage', { restApiId, stageName, patchOperations });
}

const canary = object({
  PercentTraffic: count.optional(),
  StageVariableOverrides: textMap.optional(),
  UseStageCache: flag.optional(),
});

const deploymentSchema = object({
  DeploymentCanarySettings: canary.optional(),
  Description: text.optional(),
  RestApiId: text,
  StageDescription: descriptionSchema.optional(),
  StageName: text.optional(),
});
type DeploymentResource = Resource<ReturnType<typeof deploymentSchema.parse>>;

async function createDeployment({ properties, call }: DeploymentResource): Promise<string> {
  const { RestApiId, StageName, Description, DeploymentCanarySettings } = properties;
  const { id } = await call<{ id: string }>('apigateway', 'CreateDeployment', {
    ...{ restApiId: RestApiId, stageName: StageName, description: Description },
    ...(DeploymentCanarySettings && { canarySettings: camelInput(DeploymentCanarySettings) }),
  });
  return id;
}

interface StageAnswer {
  readonly stageName: string;
  readonly deploymentId: string;
}

/**
 * A deployment goes, a stage of its own making stays as long as there is another deployment to show: on a rollback that
 * is the one before. Only with the last deployment does the stage go too.
 */
async function releaseStage({ properties, call }: DeploymentResource, deploymentId: string): Promise<void> {
  const { RestApiId: restApiId, StageName } = properties;
  if (StageName === undefined) return;
  const stages = await call<{ item?: StageAnswer[] }>('apigateway', 'GetStages', { restApiId, deploymentId });
  if (!stages.item?.some(({ stageName }) => stageName === StageName)) return;
  const { items = [] } = await call<{ items?: { id: string; createdDate: Date }[] }>('apigateway', 'GetDeployments', {
    restApiId,
    limit: 500,
  });
  const latest = items.filter(({ id }) => id !== deploymentId).sort((a, b) => +b.createdDate - +a.createdDate)[0];
  if (!latest) await call('apigateway', 'DeleteStage', { restApiId, stageName: StageName });
  else await patchStage(call, restApiId, StageName, [{ op: 'replace', path: '/deploymentId', value: latest.id }]);
}

const deployment = resource({
  type: 'AWS::ApiGateway::Deployment',
  schema: deploymentSchema,
  replacement: ['DeploymentCanarySettings', 'RestApiId'],
  create: async (it) => {
    const id = await createDeployment(it);
    return { id, attributes: { DeploymentId: id } };
  },
  complete: async ({ properties, call }) => {
    const { RestApiId, StageName, StageDescription } = properties;
    if (StageName && StageDescription) await patchStage(call, RestApiId, StageName, settingPatches(StageDescription));
  },
  // As recorded of AWS: a changed description does not deploy anew, and the stage keeps its deployment.
  update: async ({ properties, call }, { id: deploymentId }, previous) => {
    const { RestApiId: restApiId, StageName, StageDescription, Description } = properties;
    if (differs(previous, properties, 'Description')) {
      const patchOperations = replacePatches({ '/description': Description ?? '' });
      await call('apigateway', 'UpdateDeployment', { restApiId, deploymentId, patchOperations });
    }
    if (StageName && differs(previous, properties, 'StageDescription')) {
      const removed = removalPatches(previous.StageDescription ?? {}, StageDescription ?? {});
      await patchStage(call, restApiId, StageName, [...removed, ...settingPatches(StageDescription ?? {})]);
    }
  },
  delete: async (it, { id: deploymentId }) => {
    await releaseStage(it, deploymentId);
    await it.call('apigateway', 'DeleteDeployment', { restApiId: it.properties.RestApiId, deploymentId });
  },
});

const stageSchema = object({
  ...settings,
  CanarySetting: canary.extend({ DeploymentId: text.optional() }).optional(),
  DeploymentId: text,
  RestApiId: text,
  StageName: text.optional(),
  Tags: tagList.optional(),
});

const stage = resource({
  type: 'AWS::ApiGateway::Stage',
  schema: stageSchema,
  replacement: ['RestApiId', 'StageName'],
  nameProperty: 'StageName',
  notImplemented: ['DocumentationVersion'],
  create: async ({ properties, call, generatedName, tags }) => {
    const stageName = properties.StageName ?? generatedName(128).replaceAll('-', '');
    const { RestApiId, DeploymentId, Description, Variables, TracingEnabled, CanarySetting, Tags } = properties;
    await call('apigateway', 'CreateStage', {
      ...{ restApiId: RestApiId, deploymentId: DeploymentId, stageName, description: Description },
      ...{ variables: Variables, tracingEnabled: TracingEnabled, tags: { ...tags, ...tagMap(Tags) } },
      ...(CanarySetting && { canarySettings: camelInput(CanarySetting) }),
    });
    return { id: stageName, attributes: {} };
  },
  complete: async ({ properties, call }, { id }) => {
    const { Description: _, Variables: _variables, TracingEnabled: _tracing, ...rest } = properties;
    await patchStage(call, properties.RestApiId, id, settingPatches(rest));
  },
  update: async ({ properties, call }, { id }, previous) => {
    const moved = differs(previous, properties, 'DeploymentId') ? { '/deploymentId': properties.DeploymentId } : {};
    const patches = [...removalPatches(previous, properties), ...replacePatches(moved), ...settingPatches(properties)];
    await patchStage(call, properties.RestApiId, id, patches);
  },
  delete: ({ properties, call }, { id }) =>
    call('apigateway', 'DeleteStage', { restApiId: properties.RestApiId, stageName: id }),
});

export const stageTypes = [deployment, stage];
