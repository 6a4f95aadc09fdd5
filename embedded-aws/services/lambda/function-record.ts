import type { CreateFunctionRequest, FunctionConfiguration, FunctionEventInvokeConfig } from '@aws-sdk/client-lambda';
import { ACCOUNT_ID, type PolicyStatement, REGION } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import type { PreparedBundle } from '../../runtime/bundle-loader.ts';

export const LATEST = '$LATEST';

/** What may be set in a function's configuration, in AWS's own shape. */
export type FunctionSettings = Partial<
  Pick<
    CreateFunctionRequest,
    | 'Role'
    | 'Handler'
    | 'Runtime'
    | 'Description'
    | 'Timeout'
    | 'MemorySize'
    | 'Environment'
    | 'DeadLetterConfig'
    | 'Layers'
    | 'Architectures'
    | 'TracingConfig'
    | 'VpcConfig'
    | 'KMSKeyArn'
    | 'EphemeralStorage'
    | 'LoggingConfig'
  >
>;

/** One runnable state of a function: code and configuration; never changed, only replaced. */
export interface FunctionVersion {
  readonly functionName: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly settings: FunctionSettings;
  readonly bundle: PreparedBundle;
  readonly codeSha256: string;
  readonly codeSizeBytes: number;
  readonly lastModifiedMs: number;
  readonly revisionId: string;
}

export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  latest: FunctionVersion;
  readonly versions: FunctionVersion[];
  /** Concurrent executions kept for this function, and its cap; `undefined` shares the account's. */
  reservedConcurrency: number | undefined;
  readonly permissions: PolicyStatement[];
  readonly tags: Map<string, string>;
  /** By qualifier. */
  readonly eventInvokeConfigs: Map<string, FunctionEventInvokeConfig>;
}

export function functionArn(name: string, qualifier?: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}${qualifier ? `:${qualifier}` : ''}`;
}

/** Name and qualifier of a function given by name, `name:qualifier`, partial or full ARN. */
export function parseFunctionName(text: string): { readonly name: string; readonly qualifier: string | undefined } {
  const tail = text.includes(':function:') ? text.slice(text.indexOf(':function:') + ':function:'.length) : text;
  const [name = '', qualifier] = tail.split(':');
  return { name, qualifier };
}

/** The log group a function writes to unless its configuration names another. */
export function logGroupOf(version: FunctionVersion): string {
  return version.settings.LoggingConfig?.LogGroup ?? `/aws/lambda/${version.functionName}`;
}

export const DEFAULT_TIMEOUT_SECONDS = 3;
export const DEFAULT_MEMORY_MB = 128;

export function configurationOf(version: FunctionVersion): FunctionConfiguration {
  const { settings } = version;
  return {
    ...settings,
    VpcConfig: undefined,
    Layers: undefined,
    Environment: settings.Environment?.Variables ? { Variables: settings.Environment.Variables } : undefined,
    FunctionName: version.functionName,
    FunctionArn: functionArn(version.functionName, version.version === LATEST ? undefined : version.version),
    Version: version.version,
    Description: settings.Description ?? '',
    Timeout: settings.Timeout ?? DEFAULT_TIMEOUT_SECONDS,
    MemorySize: settings.MemorySize ?? DEFAULT_MEMORY_MB,
    Architectures: settings.Architectures ?? ['x86_64'],
    TracingConfig: { Mode: settings.TracingConfig?.Mode ?? 'PassThrough' },
    EphemeralStorage: settings.EphemeralStorage ?? { Size: 512 },
    LoggingConfig: { LogFormat: 'Text', ...settings.LoggingConfig, LogGroup: logGroupOf(version) },
    PackageType: 'Zip',
    CodeSha256: version.codeSha256,
    CodeSize: version.codeSizeBytes,
    LastModified: new Date(version.lastModifiedMs).toISOString().replace('Z', '+0000'),
    RevisionId: version.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
  };
}

export function notFound(arn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, {
    status: 404,
    members: { Type: 'User' },
  });
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, { status: 400, members: { Type: 'User' } });
}
