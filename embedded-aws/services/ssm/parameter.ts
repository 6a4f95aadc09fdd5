import { ACCOUNT_ID, REGION } from '../../kernel/aws.ts';

export type ParameterKind = 'String' | 'StringList' | 'SecureString';
export type ParameterTierName = 'Standard' | 'Advanced';

/** One version of a parameter, as PutParameter made it. */
export interface ParameterVersion {
  readonly version: number;
  /** Of a `SecureString` its ciphertext in base64. */
  readonly value: string;
  readonly type: ParameterKind;
  readonly tier: ParameterTierName;
  readonly dataType: string;
  readonly description: string | undefined;
  readonly allowedPattern: string | undefined;
  readonly keyId: string | undefined;
  readonly modifiedAt: Date;
  readonly modifiedBy: string;
  /** A label sits on one version at a time and can be moved. */
  readonly labels: Set<string>;
}

/** A parameter with the versions that Parameter Store still keeps, oldest first; never empty. */
export interface StoredParameter {
  readonly name: string;
  readonly versions: ParameterVersion[];
  readonly tags: Map<string, string>;
}

const PREFIX = `arn:aws:ssm:${REGION}:${ACCOUNT_ID}:parameter/`;

/** `/a/b` gives `…:parameter/a/b` with one slash, `name` gives `…:parameter/name`. */
export const parameterArn = (name: string): string => PREFIX + name.replace(/^\//, '');

/** A name as callers give it: plain or ARN, with an optional `:version` or `:label` behind it. */
export interface ParameterReference {
  /** The names it may mean: an ARN does not tell `/flat` from `flat`. */
  readonly names: readonly string[];
  /** The part behind the colon; absent means the latest version. */
  readonly selector: string | undefined;
}

export function parseReference(text: string): ParameterReference {
  const isArn = text.startsWith(PREFIX);
  const rest = isArn ? text.slice(PREFIX.length) : text;
  const colon = rest.indexOf(':');
  const bare = colon < 0 ? rest : rest.slice(0, colon);
  const selector = colon < 0 ? undefined : rest.slice(colon + 1);
  return { names: isArn ? [`/${bare}`, bare] : [bare], selector };
}

/** The ARN of what a reference names, for permissions. */
export const referencedArn = (text: string): string =>
  parameterArn(parseReference(text.replace(PREFIX, '')).names[0] ?? '');

export function latestVersion(parameter: StoredParameter): ParameterVersion {
  const latest = parameter.versions.at(-1);
  if (!latest) throw new RangeError(`The parameter ${parameter.name} has no version.`);
  return latest;
}

export function selectVersion(parameter: StoredParameter, selector: string): ParameterVersion | undefined {
  return /^\d+$/.test(selector)
    ? parameter.versions.find((version) => version.version === Number(selector))
    : parameter.versions.find((version) => version.labels.has(selector));
}
