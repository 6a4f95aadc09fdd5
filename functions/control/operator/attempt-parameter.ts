import { describeError } from '../../../shared/platform/errors.ts';
import type { ControlDependencies } from '../dependencies.ts';

/** Does the work for one parameter. A failure is logged, does not affect the others, and is retried at the next look. */
export async function attemptParameter(
  { logger }: ControlDependencies,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    logger.error('A change of a parameter could not be processed.', { name, reason: describeError(error) });
  }
}
