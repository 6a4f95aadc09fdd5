/** Classifies AWS errors. AWS's error names appear only in this file. */

const THROTTLED = new Set([
  'TooManyRequestsException',
  'LimitExceededException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
]);

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** The service refused the call because of too many calls. */
export function isThrottled(error: unknown): boolean {
  return THROTTLED.has(nameOf(error));
}

/** Another caller is changing the same resource. */
export function isConflict(error: unknown): boolean {
  return nameOf(error) === 'ConflictException';
}

export function isNotFound(error: unknown): boolean {
  const name = nameOf(error);
  return name === 'NotFoundException' || name === 'ResourceNotFoundException' || name === 'ParameterNotFound';
}

/** A DynamoDB condition did not hold: an expected outcome, not a failure. */
export function isConditionFailed(error: unknown): boolean {
  return nameOf(error) === 'ConditionalCheckFailedException';
}

/** The wait that the answer asks for, in milliseconds; undefined if it asks for none. */
export function retryAfterMs(error: unknown): number | undefined {
  const seconds = Number((error as { retryAfterSeconds?: unknown } | undefined)?.retryAfterSeconds ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** A one-line description that is safe to log: the error's name and message, without request or response. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** The configuration is invalid; the message lists every problem. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
