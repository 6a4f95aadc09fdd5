import type {
  FunctionEventInvokeConfig,
  GetFunctionEventInvokeConfigRequest,
  PutFunctionEventInvokeConfigRequest,
} from '@aws-sdk/client-lambda';
import type { EmbeddedAws, Service } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { functionArn, invalidParameter, LATEST, parseFunctionName } from './function-record.ts';
import type { FunctionStore } from './function-store.ts';

const qualifierOf = (input: { FunctionName?: string | undefined; Qualifier?: string | undefined }): string =>
  input.Qualifier ?? parseFunctionName(input.FunctionName ?? '').qualifier ?? LATEST;

function validate(input: PutFunctionEventInvokeConfigRequest): void {
  const { MaximumRetryAttempts: retries = 0, MaximumEventAgeInSeconds: ageSeconds = 60 } = input;
  if (retries < 0 || retries > 2) throw invalidParameter('MaximumRetryAttempts must be between 0 and 2.');
  if (ageSeconds < 60 || ageSeconds > 21_600)
    throw invalidParameter('MaximumEventAgeInSeconds must be between 60 and 21600.');
}

/** How a function's asynchronous invocations are retried and where they go afterwards. */
export function eventInvokeConfigOperations(aws: EmbeddedAws, store: FunctionStore): Service['operations'] {
  const put = (input: PutFunctionEventInvokeConfigRequest, base: FunctionEventInvokeConfig) => {
    validate(input);
    const record = store.get(input.FunctionName);
    const qualifier = qualifierOf(input);
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input;
    const config: FunctionEventInvokeConfig = {
      ...base,
      LastModified: new Date(aws.clock.now()),
      FunctionArn: functionArn(record.name, qualifier),
      ...(MaximumRetryAttempts !== undefined && { MaximumRetryAttempts }),
      ...(MaximumEventAgeInSeconds !== undefined && { MaximumEventAgeInSeconds }),
      DestinationConfig: DestinationConfig ?? base.DestinationConfig ?? { OnSuccess: {}, OnFailure: {} },
    };
    record.eventInvokeConfigs.set(qualifier, config);
    return config;
  };
  const get = (input: GetFunctionEventInvokeConfigRequest): FunctionEventInvokeConfig => {
    const record = store.get(input.FunctionName);
    const config = record.eventInvokeConfigs.get(qualifierOf(input));
    if (config) return config;
    const text = `The function ${functionArn(record.name, qualifierOf(input))} doesn't have an EventInvokeConfig`;
    throw new AwsError('ResourceNotFoundException', text, { status: 404, members: { Type: 'User' } });
  };
  return {
    PutFunctionEventInvokeConfig: (input: PutFunctionEventInvokeConfigRequest) => put(input, {}),
    UpdateFunctionEventInvokeConfig: (input: PutFunctionEventInvokeConfigRequest) => put(input, get(input)),
    GetFunctionEventInvokeConfig: get,
    DeleteFunctionEventInvokeConfig: (input: GetFunctionEventInvokeConfigRequest) => {
      get(input);
      store.get(input.FunctionName).eventInvokeConfigs.delete(qualifierOf(input));
      return {};
    },
  };
}
