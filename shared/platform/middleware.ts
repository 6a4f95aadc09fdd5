import type { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { describeError } from './errors.ts';

/**
 * Wraps a function's core as a Lambda handler: every log line carries the request id, and a failure is logged once, in
 * one line, before Lambda sees it (which decides about retries and dead-letter queues).
 */
export function asHandler<Result>(
  logger: Logger,
  core: (event: unknown) => Promise<Result>,
): (event: unknown, context: Context) => Promise<Result> {
  return middy<unknown, Result>()
    .before(({ context }) => logger.addContext(context))
    .onError(({ error }) => logger.error('The invocation failed.', { reason: describeError(error) }))
    .handler(core);
}
