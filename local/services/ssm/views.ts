import { createHash } from 'node:crypto';
import type { Parameter, ParameterHistory, ParameterMetadata } from '@aws-sdk/client-ssm';
import { latestVersion, type ParameterVersion, parameterArn, type StoredParameter } from './parameter.ts';
import type { Found } from './store.ts';

/** A SecureString read without decryption: opaque, the same for the same version, and never the value. */
function ciphertext(name: string, version: ParameterVersion): string {
  const seed = `${version.keyId}/${name}/${version.version}/${version.value}`;
  return `AQICAH${createHash('sha512').update(seed).digest('base64')}`;
}

const readable = (name: string, version: ParameterVersion, decrypt: boolean): string =>
  version.type === 'SecureString' && !decrypt ? ciphertext(name, version) : version.value;

export function parameterView({ parameter, version, selector }: Found, decrypt: boolean): Parameter {
  return {
    Name: parameter.name,
    Type: version.type,
    Value: readable(parameter.name, version, decrypt),
    Version: version.version,
    LastModifiedDate: version.modifiedAt,
    ARN: parameterArn(parameter.name),
    DataType: version.dataType,
    ...(selector !== undefined && { Selector: `:${selector}` }),
  };
}

function commonView(version: ParameterVersion) {
  return {
    Type: version.type,
    LastModifiedDate: version.modifiedAt,
    LastModifiedUser: version.modifiedBy,
    Version: version.version,
    Tier: version.tier,
    Policies: [],
    DataType: version.dataType,
    ...(version.description !== undefined && { Description: version.description }),
    ...(version.allowedPattern !== undefined && { AllowedPattern: version.allowedPattern }),
    ...(version.keyId !== undefined && { KeyId: version.keyId }),
  };
}

export function metadataView(parameter: StoredParameter): ParameterMetadata {
  return { Name: parameter.name, ARN: parameterArn(parameter.name), ...commonView(latestVersion(parameter)) };
}

export function historyView(parameter: StoredParameter, version: ParameterVersion, decrypt: boolean): ParameterHistory {
  return {
    Name: parameter.name,
    ...commonView(version),
    Value: readable(parameter.name, version, decrypt),
    Labels: [...version.labels],
  };
}
