import type { CreateFunctionRequest, UpdateFunctionConfigurationRequest } from '@aws-sdk/client-lambda';
import type { EmbeddedAws } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { randomUuid } from '../../runtime/seeded-crypto.ts';
import { type FunctionPackage, loadCode } from './function-code.ts';
import {
  type FunctionRecord,
  type FunctionSettings,
  type FunctionVersion,
  functionArn,
  invalidParameter,
  LATEST,
  notFound,
  parseFunctionName,
} from './function-record.ts';

const SETTINGS = [
  ...([
    'Role',
    'Handler',
    'Runtime',
    'Description',
    'Timeout',
    'MemorySize',
    'Environment',
    'DeadLetterConfig',
  ] as const),
  ...([
    'Layers',
    'Architectures',
    'TracingConfig',
    'VpcConfig',
    'KMSKeyArn',
    'EphemeralStorage',
    'LoggingConfig',
  ] as const),
];

const ROLE_PATTERN = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;
const LONGEST_TIMEOUT_SECONDS = 900;
const ENVIRONMENT_LIMIT_BYTES = 4096;

/** All functions and their published versions. */
export class FunctionStore {
  private readonly aws: EmbeddedAws;
  private readonly records = new Map<string, FunctionRecord>();

  constructor(aws: EmbeddedAws) {
    this.aws = aws;
  }

  all(): readonly FunctionRecord[] {
    return [...this.records.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(functionName: string): FunctionRecord | undefined {
    return this.records.get(parseFunctionName(functionName).name);
  }

  /** @throws ResourceNotFoundException */
  get(functionName: string | undefined): FunctionRecord {
    const { name } = parseFunctionName(functionName ?? '');
    const record = this.records.get(name);
    if (!record) throw notFound(functionArn(name));
    return record;
  }

  /** The version that a qualifier names; `$LATEST` without one. @throws ResourceNotFoundException */
  version(functionName: string | undefined, qualifier?: string): FunctionVersion {
    const record = this.get(functionName);
    const wanted = qualifier ?? parseFunctionName(functionName ?? '').qualifier ?? LATEST;
    if (wanted === LATEST) return record.latest;
    const version = record.versions.find((candidate) => candidate.version === wanted);
    if (!version) throw notFound(functionArn(record.name, wanted));
    return version;
  }

  async create(input: CreateFunctionRequest): Promise<FunctionRecord> {
    const { name } = parseFunctionName(input.FunctionName ?? '');
    if (this.records.has(name)) throw conflict(`Function already exist: ${name}`);
    const settings = settingsFrom({}, input);
    validate(settings);
    const code = await loadCode(this.aws, input.Code ?? {});
    if (this.records.has(name)) throw conflict(`Function already exist: ${name}`);
    const record: FunctionRecord = {
      name,
      arn: functionArn(name),
      latest: this.build(name, settings, code),
      versions: [],
      reservedConcurrency: undefined,
      permissions: [],
      tags: new Map(Object.entries(input.Tags ?? {})),
      eventInvokeConfigs: new Map(),
    };
    this.records.set(name, record);
    return record;
  }

  async updateCode(functionName: string | undefined, source: Parameters<typeof loadCode>[1]): Promise<FunctionVersion> {
    const record = this.get(functionName);
    const code = await loadCode(this.aws, source);
    record.latest = this.build(record.name, record.latest.settings, code);
    return record.latest;
  }

  updateConfiguration(input: UpdateFunctionConfigurationRequest): FunctionVersion {
    const record = this.get(input.FunctionName);
    const settings = settingsFrom(record.latest.settings, input);
    validate(settings);
    record.latest = this.build(record.name, settings, record.latest);
    return record.latest;
  }

  /** Publishes `$LATEST`; the newest version again when nothing changed since. */
  publish(functionName: string | undefined, description?: string): FunctionVersion {
    const record = this.get(functionName);
    const newest = record.versions.at(-1);
    const { latest } = record;
    const isUnchanged =
      newest?.codeSha256 === latest.codeSha256 &&
      JSON.stringify(newest.settings) ===
        JSON.stringify({ ...latest.settings, Description: newest.settings.Description });
    if (newest && isUnchanged) return newest;
    const settings = description === undefined ? latest.settings : { ...latest.settings, Description: description };
    const version = { ...latest, settings, version: String(Number(newest?.version ?? 0) + 1) };
    record.versions.push(version);
    return version;
  }

  delete(functionName: string | undefined): FunctionRecord {
    const record = this.get(functionName);
    this.records.delete(record.name);
    return record;
  }

  private build(functionName: string, settings: FunctionSettings, code: FunctionPackage): FunctionVersion {
    const { bundle, codeSha256, codeSizeBytes } = code;
    const lastModifiedMs = this.aws.clock.now();
    const revisionId = randomUuid(this.aws.random('lambda/revisions'));
    return { functionName, version: LATEST, settings, bundle, codeSha256, codeSizeBytes, lastModifiedMs, revisionId };
  }
}

function settingsFrom(base: FunctionSettings, input: object): FunctionSettings {
  const given = input as Record<string, unknown>;
  const changes = SETTINGS.filter((key) => given[key] !== undefined).map((key) => [key, given[key]]);
  return { ...base, ...Object.fromEntries(changes) };
}

function validate(settings: FunctionSettings): void {
  const { Role: role = '', Timeout: timeout = 1, Handler: handler, Environment: environment } = settings;
  if (!ROLE_PATTERN.test(role)) throw validation(`Value '${role}' at 'role' failed to satisfy constraint`);
  if (!handler)
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > LONGEST_TIMEOUT_SECONDS) {
    throw validation(`Value '${timeout}' at 'timeout' failed to satisfy constraint`);
  }
  const size = JSON.stringify(environment?.Variables ?? {}).length;
  if (size > ENVIRONMENT_LIMIT_BYTES) {
    throw invalidParameter(
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.',
    );
  }
}

function validation(text: string): AwsError {
  return new AwsError('ValidationException', `1 validation error detected: ${text}`, { status: 400 });
}

export function conflict(message: string): AwsError {
  return new AwsError('ResourceConflictException', message, { status: 409, members: { Type: 'User' } });
}
