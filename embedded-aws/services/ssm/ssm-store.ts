import type { PutParameterRequest } from '@aws-sdk/client-ssm';
import { AwsError } from '../../kernel/aws-error.ts';
import {
  latestVersion,
  type ParameterKind,
  type ParameterVersion,
  parseReference,
  type StoredParameter,
  selectVersion,
} from './parameter.ts';
import { assertKind, assertName, assertValue, chooseTier, invalid, isLabel } from './parameter-rules.ts';
import { DEFAULT_KEY } from './secure-value.ts';

const MOST_VERSIONS = 100;
const MOST_LABELS = 10;

/** A version that a reference found, with the selector it was found by. */
export interface Found {
  readonly parameter: StoredParameter;
  readonly version: ParameterVersion;
  readonly selector: string | undefined;
}

/** What a new version has beside its request. */
export interface VersionFacts {
  readonly modifiedAt: Date;
  readonly modifiedBy: string;
  /** The value of a `SecureString`, encrypted. */
  readonly sealed: string | undefined;
}

/** All parameters by name, with versions and labels. Knows no caller, quota or event. */
export class ParameterStore {
  private readonly parameters = new Map<string, StoredParameter>();

  /** @returns whether the parameter is new. @throws AwsError as PutParameter would. */
  put(input: PutParameterRequest, facts: VersionFacts): { parameter: StoredParameter; isNew: boolean } {
    const name = input.Name ?? '';
    const existing = this.parameters.get(name);
    if (existing && !input.Overwrite) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    if (input.Overwrite && input.Tags && input.Tags.length > 0) {
      throw invalid(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
      );
    }
    if (!existing) assertName(name);
    const version = nextVersion(input, existing, facts);
    const parameter: StoredParameter = existing ?? { name, versions: [], tags: new Map() };
    if (parameter.versions.length >= MOST_VERSIONS) dropOldest(parameter);
    parameter.versions.push(version);
    for (const tag of input.Tags ?? []) parameter.tags.set(tag.Key ?? '', tag.Value ?? '');
    this.parameters.set(name, parameter);
    return { parameter, isNew: !existing };
  }

  /** The key for encrypting a new version; undefined unless the parameter is a `SecureString`. */
  keyFor(input: PutParameterRequest): string | undefined {
    const existing = this.parameters.get(input.Name ?? '');
    return keyOf(input, existing && latestVersion(existing));
  }

  find(reference: string): StoredParameter | undefined {
    for (const name of parseReference(reference).names) {
      const parameter = this.parameters.get(name);
      if (parameter) return parameter;
    }
    return undefined;
  }

  /** @throws AwsError ParameterNotFound, with an empty message as recorded. */
  need(reference: string): StoredParameter {
    const parameter = this.find(reference);
    if (!parameter) throw new AwsError('ParameterNotFound', '');
    return parameter;
  }

  /** @throws AwsError ParameterNotFound, or ParameterVersionNotFound when only the selector is unknown. */
  select(reference: string): Found {
    const { selector } = parseReference(reference);
    const parameter = this.need(reference);
    if (selector === undefined) return { parameter, version: latestVersion(parameter), selector };
    const version = selectVersion(parameter, selector);
    if (!version) throw versionNotFound(parameter.name, selector);
    return { parameter, version, selector };
  }

  delete(name: string): StoredParameter | undefined {
    const parameter = this.find(name);
    if (parameter) this.parameters.delete(parameter.name);
    return parameter;
  }

  all(): StoredParameter[] {
    return [...this.parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Moves labels onto a version. @returns the labels that break the naming rules and were left out. */
  label(parameter: StoredParameter, number: number | undefined, labels: readonly string[]): [number, string[]] {
    const version = needVersion(parameter, number);
    const good = labels.filter(isLabel);
    if (new Set([...version.labels, ...good]).size > MOST_LABELS) {
      throw new AwsError(
        'ParameterVersionLabelLimitExceeded',
        `A parameter version can have maximum ${MOST_LABELS} labels. Move one or more labels to another version and try again.`,
      );
    }
    for (const label of good) {
      for (const other of parameter.versions) other.labels.delete(label);
      version.labels.add(label);
    }
    return [version.version, labels.filter((label) => !isLabel(label))];
  }
}

export function needVersion(parameter: StoredParameter, number: number | undefined): ParameterVersion {
  if (number === undefined) return latestVersion(parameter);
  const version = parameter.versions.find((candidate) => candidate.version === number);
  if (!version) throw versionNotFound(parameter.name, String(number));
  return version;
}

function versionNotFound(name: string, selector: string): AwsError {
  return new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`,
  );
}

function nextVersion(
  input: PutParameterRequest,
  existing: StoredParameter | undefined,
  { modifiedAt, modifiedBy, sealed }: VersionFacts,
): ParameterVersion {
  const previous = existing && latestVersion(existing);
  const value = input.Value ?? '';
  const tier = chooseTier(input.Tier, previous?.tier, value);
  const allowedPattern = input.AllowedPattern ?? previous?.allowedPattern;
  const type = chooseKind(input.Type, previous?.type);
  assertValue(value, tier, allowedPattern);
  return {
    version: (previous?.version ?? 0) + 1,
    value: sealed ?? value,
    type,
    tier,
    dataType: input.DataType ?? previous?.dataType ?? 'text',
    description: input.Description ?? previous?.description,
    allowedPattern,
    keyId: keyOf(input, previous),
    modifiedAt,
    modifiedBy,
    labels: new Set(),
  };
}

function keyOf(input: PutParameterRequest, previous: ParameterVersion | undefined): string | undefined {
  if ((input.Type ?? previous?.type) !== 'SecureString') return undefined;
  return input.KeyId ?? previous?.keyId ?? DEFAULT_KEY;
}

function chooseKind(wanted: string | undefined, present: ParameterKind | undefined): ParameterKind {
  const kind = wanted === undefined ? present : assertKind(wanted);
  if (!kind) throw invalid('A parameter type is required when you create a parameter.');
  return kind;
}

function dropOldest(parameter: StoredParameter): void {
  const oldest = parameter.versions[0];
  if (oldest && oldest.labels.size > 0) {
    throw new AwsError(
      'ParameterMaxVersionLimitExceeded',
      `You attempted to create a new version of ${parameter.name} by calling the PutParameter API with the overwrite flag. Version ${oldest.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  }
  parameter.versions.shift();
}
