import type { Rps } from '../../../platform/units.ts';
import { NUMBERS } from '../constants.ts';
import { LAW_POLICY } from '../law-policy.ts';
import type { Attempts } from '../next-state.ts';

/** Attempts considered: 1 to 6. */
const MOST_ATTEMPTS = 6;
/** Beyond this a loss is taken for this: of what is wholly refused nothing can be told. */
const MOST_LOST = 0.99;

/**
 * What is wanted of an offered rate when a part `lost` of it is refused or fails and every client tries `attempts` times:
 * of wanted requests all but lost^attempts succeed in the end, and offered x (1 - lost) succeed.
 */
export function wantedRps(offeredRps: Rps, lost: number, attempts: number): Rps {
  const share = Math.min(MOST_LOST, Math.max(0, lost));
  return (offeredRps * (1 - share)) / (1 - share ** attempts);
}

/** What is known of a tier's attempts after a window; forgotten when nothing is lost, for demand may have grown since. */
export function updateAttempts(
  before: Attempts | undefined,
  offeredRps: Rps,
  lost: number,
  seconds: number,
): Attempts | undefined {
  if (lost <= NUMBERS.leastLostShare) return undefined;
  const weight = (before?.weight ?? 0) * 0.5 ** (seconds / NUMBERS.attemptsHalfLifeSeconds) + 1;
  const gain = 1 / weight;
  const values = Array.from({ length: MOST_ATTEMPTS }, (_, index) =>
    Math.log(Math.max(0.01, wantedRps(offeredRps, lost, index + 1))),
  );
  const means = values.map((value, index) => {
    const mean = before?.means[index] ?? value;
    return mean + gain * (value - mean);
  });
  const variances = values.map((value, index) => {
    const mean = before?.means[index] ?? value;
    return (1 - gain) * ((before?.variances[index] ?? 0) + gain * (value - mean) ** 2);
  });
  return { weight, means, variances };
}

/** How often a tier's clients try: the number that makes what is wanted the steadiest while losses change. */
export function attemptsOf(attempts: Attempts | undefined): number {
  const usual = LAW_POLICY.usualAttempts;
  if (attempts === undefined) return usual;
  const badness = attempts.variances.map(
    (variance, index) => variance + NUMBERS.attemptsPrior * (index + 1 - usual) ** 2,
  );
  return 1 + badness.indexOf(Math.min(...badness));
}
