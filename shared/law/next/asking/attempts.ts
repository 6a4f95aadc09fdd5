import type { Rps } from '../../../platform/units.ts';
import { type AttemptsState, withSample } from '../../telling/retries.ts';
import { NUMBERS } from '../constants.ts';
import { LAW_POLICY } from '../law-policy.ts';

/** What is known of a tier's attempts after a window; forgotten when nothing is lost, for demand may have grown since. */
export function updateAttempts(
  before: AttemptsState | undefined,
  offeredRps: Rps,
  lost: number,
  seconds: number,
): AttemptsState | undefined {
  if (lost <= NUMBERS.leastLostShare) return undefined;
  return withSample(before, offeredRps, lost, 0.5 ** (seconds / NUMBERS.attemptsHalfLifeSeconds));
}

/** How often a tier's clients try: the number that makes what is wanted the steadiest while losses change. */
export function attemptsOf(attempts: AttemptsState | undefined): number {
  const usual = LAW_POLICY.usualAttempts;
  if (attempts === undefined) return usual;
  const badness = attempts.variances.map(
    (variance, index) => variance + NUMBERS.attemptsPrior * (index + 1 - usual) ** 2,
  );
  return 1 + badness.indexOf(Math.min(...badness));
}
