/** What an AWS error means to us. AWS's own names appear here and nowhere else. */

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

/** The service refused the call because there were too many of them. */
export function isThrottled(error: unknown): boolean {
  return THROTTLED.has(nameOf(error));
}

/** Somebody else is changing the same resource just now. */
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

/** How long a refused caller is asked to stay away, in milliseconds; undefined when the answer does not say. */
export function retryAfterMs(error: unknown): number | undefined {
  const seconds = Number((error as { retryAfterSeconds?: unknown } | undefined)?.retryAfterSeconds ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** A one-line description that is safe to log: name and message, no request and no answer. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** The function cannot run as it is configured; the message lists every problem. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
