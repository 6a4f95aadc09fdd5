import { AwsError } from '../../kernel/aws-error.ts';

export function queueMissing(): AwsError {
  return new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', { status: 400 });
}

export function invalidParameterValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message, { status: 400 });
}

/** AWS's sentence about one bad parameter. */
export function invalidValue(value: unknown, parameter: string, reason: string): AwsError {
  return invalidParameterValue(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);
}
