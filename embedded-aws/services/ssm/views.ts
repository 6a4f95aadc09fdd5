import type { Parameter, ParameterHistory, ParameterMetadata } from '@aws-sdk/client-ssm';
import { latestVersion, type ParameterVersion, parameterArn, type StoredParameter } from './parameter.ts';
import type { Found } from './ssm-store.ts';

/** @param value decrypted, or as it is stored: of a `SecureString` the ciphertext */
export function parameterView({ parameter, version, selector }: Found, value: string): Parameter {
  return {
    Name: parameter.name,
    Type: version.type,
    Value: value,
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

export function historyView(parameter: StoredParameter, version: ParameterVersion, value: string): ParameterHistory {
  return {
    Name: parameter.name,
    ...commonView(version),
    Value: value,
    Labels: [...version.labels],
  };
}
