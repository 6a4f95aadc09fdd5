import { strToU8, zipSync } from 'fflate';
import { count, object, tagList, tagMap, text, textMap, texts } from './provider-schema.ts';
import { contentId, differs, type Resource, resource } from './resource.ts';

const code = object({
  S3Bucket: text.optional(),
  S3Key: text.optional(),
  S3ObjectVersion: text.optional(),
  ZipFile: text.optional(),
});

const functionSchema = object({
  Architectures: texts.optional(),
  Code: code,
  DeadLetterConfig: object({ TargetArn: text.optional() }).optional(),
  Description: text.optional(),
  Environment: object({ Variables: textMap.optional() }).optional(),
  EphemeralStorage: object({ Size: count }).optional(),
  FunctionName: text.optional(),
  Handler: text.optional(),
  KmsKeyArn: text.optional(),
  Layers: texts.optional(),
  LoggingConfig: object({
    ApplicationLogLevel: text.optional(),
    LogFormat: text.optional(),
    LogGroup: text.optional(),
    SystemLogLevel: text.optional(),
  }).optional(),
  MemorySize: count.optional(),
  PackageType: text.optional(),
  ReservedConcurrentExecutions: count.optional(),
  Role: text,
  Runtime: text.optional(),
  Tags: tagList.optional(),
  Timeout: count.optional(),
  TracingConfig: object({ Mode: text.optional() }).optional(),
});
type FunctionProperties = ReturnType<typeof functionSchema.parse>;
type FunctionResource = Resource<FunctionProperties>;

/** CloudFormation packs inline code as `index.js`; a fixed date keeps the same code the same package. */
function codeInput({ ZipFile, ...location }: FunctionProperties['Code']) {
  if (ZipFile === undefined) return location;
  return { ZipFile: zipSync({ 'index.js': [strToU8(ZipFile), { mtime: '1980-01-01T00:00:00' }] }) };
}

/** What UpdateFunctionConfiguration takes; it keeps whatever an update leaves out, so defaults are spelt out. */
function configuration(properties: FunctionProperties) {
  const {
    Code: _code,
    Architectures: _arch,
    FunctionName: _name,
    PackageType: _type,
    Tags: _tags,
    ...rest
  } = properties;
  const { ReservedConcurrentExecutions: _reserved, ...settings } = rest;
  return settings;
}

const DEFAULTS = { Description: '', Environment: { Variables: {} }, Timeout: 3, MemorySize: 128, Layers: [] };

async function setConcurrency({ properties, call }: FunctionResource, FunctionName: string): Promise<void> {
  const { ReservedConcurrentExecutions } = properties;
  if (ReservedConcurrentExecutions === undefined) await call('lambda', 'DeleteFunctionConcurrency', { FunctionName });
  else await call('lambda', 'PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions });
}

const lambdaFunction = resource({
  type: 'AWS::Lambda::Function',
  schema: functionSchema,
  replacement: ['FunctionName', 'PackageType'],
  nameProperty: 'FunctionName',
  notImplemented: ['VpcConfig', 'FileSystemConfigs', 'ImageConfig', 'SnapStart', 'CodeSigningConfigArn'],
  create: async ({ properties, call, generatedName, tags }) => {
    const FunctionName = properties.FunctionName ?? generatedName(64);
    const input = {
      ...configuration(properties),
      FunctionName,
      Code: codeInput(properties.Code),
      Architectures: properties.Architectures,
      PackageType: properties.PackageType,
      Tags: { ...tags, ...tagMap(properties.Tags) },
    };
    const { FunctionArn } = await call<{ FunctionArn: string }>('lambda', 'CreateFunction', input);
    return { id: FunctionName, attributes: { Arn: FunctionArn } };
  },
  complete: async (it, { id }) => {
    if (it.properties.ReservedConcurrentExecutions !== undefined) await setConcurrency(it, id);
  },
  update: async (it, { id: FunctionName }, previous) => {
    const { properties, call } = it;
    if (differs(previous, properties, 'Code', 'Architectures')) {
      const { Architectures } = properties;
      await call('lambda', 'UpdateFunctionCode', { FunctionName, ...codeInput(properties.Code), Architectures });
    }
    if (JSON.stringify(configuration(previous)) !== JSON.stringify(configuration(properties))) {
      const input = { ...DEFAULTS, ...configuration(properties), FunctionName };
      await call('lambda', 'UpdateFunctionConfiguration', input);
    }
    if (differs(previous, properties, 'ReservedConcurrentExecutions')) await setConcurrency(it, FunctionName);
  },
  delete: ({ call }, { id }) => call('lambda', 'DeleteFunction', { FunctionName: id }),
});

const version = resource({
  type: 'AWS::Lambda::Version',
  schema: object({ FunctionName: text, Description: text.optional(), CodeSha256: text.optional() }),
  replacement: 'all',
  notImplemented: ['ProvisionedConcurrencyConfig', 'RuntimePolicy'],
  create: async ({ properties, call }) => {
    const answer = await call<{ FunctionArn: string; Version: string }>('lambda', 'PublishVersion', properties);
    const isQualified = answer.FunctionArn.endsWith(`:${answer.Version}`);
    const id = isQualified ? answer.FunctionArn : `${answer.FunctionArn}:${answer.Version}`;
    return { id, attributes: { FunctionArn: id, Version: answer.Version } };
  },
  delete: ({ properties, call }, { attributes }) =>
    call('lambda', 'DeleteFunction', { FunctionName: properties.FunctionName, Qualifier: attributes.Version }),
});

const permission = resource({
  type: 'AWS::Lambda::Permission',
  schema: object({
    Action: text,
    EventSourceToken: text.optional(),
    FunctionName: text,
    FunctionUrlAuthType: text.optional(),
    Principal: text,
    PrincipalOrgID: text.optional(),
    SourceAccount: text.optional(),
    SourceArn: text.optional(),
  }),
  replacement: 'all',
  create: async ({ properties, call, stackId, logicalId, generatedName }) => {
    const StatementId = generatedName(100);
    await call('lambda', 'AddPermission', { ...properties, StatementId });
    return { id: StatementId, attributes: { Id: contentId(stackId, logicalId) } };
  },
  delete: ({ properties, call }, { id }) =>
    call('lambda', 'RemovePermission', { FunctionName: properties.FunctionName, StatementId: id }),
});

export const lambdaFunctionTypes = [lambdaFunction, version, permission];
