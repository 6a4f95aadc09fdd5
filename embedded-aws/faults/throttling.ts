import { AwsError } from '../kernel/aws-error.ts';
import { own } from '../kernel/plain-records.ts';

/** How each service says that there were too many calls. */
const THROTTLED: Readonly<Record<string, readonly [code: string, status: number]>> = {
  apigateway: ['TooManyRequestsException', 429],
  lambda: ['TooManyRequestsException', 429],
  dynamodb: ['ProvisionedThroughputExceededException', 400],
  logs: ['ThrottlingException', 400],
  sqs: ['RequestThrottled', 403],
  sns: ['ThrottledException', 429],
};

export function throttlingError(service: string): AwsError {
  const [code, status] = own(THROTTLED, service) ?? ['ThrottlingException', 400];
  const members = service === 'apigateway' ? { retryAfterSeconds: '20' } : {};
  return new AwsError(code, 'Rate exceeded', { status, members });
}
