import { own, recordOf } from '../../platform/records.ts';
import type { Rps, TierName } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { Signals } from './signals.ts';

/**
 * How often a tier's clients try, told from what would be wanted if they tried once, twice …: for each number of attempts
 * the fading mean and variance of the logarithm of the wanted rate. The right one is the steadiest while losses change.
 */
export interface AttemptsState {
  readonly weight: number;
  readonly means: readonly number[];
  readonly variances: readonly number[];
}

/** Attempts considered: 1 to 6. */
const MOST_ATTEMPTS = 6;
/** Beyond this a loss is taken for this: of what is wholly refused nothing can be told. */
const MOST_LOST = 0.99;

/**
 * What is wanted of an offered rate when a part `lost` of it is refused or fails and every client tries `attempts` times:
 * of wanted requests all but lost^attempts succeed in the end, and offered x (1 - lost) succeed, so
 * wanted = offered x (1 - lost) / (1 - lost^attempts).
 */
export function wantedRps(offeredRps: Rps, lost: number, attempts: number): Rps {
  const share = Math.min(MOST_LOST, Math.max(0, lost));
  return (offeredRps * (1 - share)) / (1 - share ** attempts);
}

/** After one more window. */
export function updateAttempts(
  states: Readonly<Record<TierName, AttemptsState>>,
  signals: Signals,
  policy: Policy,
): Record<TierName, AttemptsState> {
  const kept = 0.5 ** (signals.seconds / policy.demand.attemptsHalfLifeSeconds);
  const next = recordOf(Object.entries(states));
  for (const [tier, { offeredRps, admittedRps }] of Object.entries(signals.tiers)) {
    const lost = offeredRps > 0 ? 1 - (admittedRps / offeredRps) * (1 - signals.errorShare) : 0;
    // Demand from before the losses says nothing: it may have grown.
    if (lost > policy.demand.attemptsLostShare) next[tier] = withSample(own(states, tier), offeredRps, lost, kept);
    else delete next[tier];
  }
  return next;
}

/** What is known of a tier's attempts after a window in which a part `lost` was lost. @param kept weight of what was known */
export function withSample(
  before: AttemptsState | undefined,
  offeredRps: Rps,
  lost: number,
  kept: number,
): AttemptsState {
  const weight = (before?.weight ?? 0) * kept + 1;
  const means: number[] = [];
  const variances: number[] = [];
  for (let attempts = 1; attempts <= MOST_ATTEMPTS; attempts++) {
    const value = Math.log(Math.max(0.01, wantedRps(offeredRps, lost, attempts)));
    const mean = before?.means[attempts - 1] ?? value;
    const gain = 1 / weight;
    means.push(mean + gain * (value - mean));
    variances.push((1 - gain) * ((before?.variances[attempts - 1] ?? 0) + gain * (value - mean) ** 2));
  }
  return { weight, means, variances };
}

/** How often this tier's clients are believed to try, 1 to 6: the policy's number unless what was seen speaks against it. */
export function attemptsOf(state: AttemptsState | undefined, policy: Policy): number {
  const usual = policy.demand.usualAttempts;
  if (state === undefined) return usual;
  let best = { attempts: usual, badness: Number.POSITIVE_INFINITY };
  state.variances.forEach((variance, index) => {
    const attempts = index + 1;
    const badness = variance + policy.demand.attemptsPriorVariance * (attempts - usual) ** 2;
    if (badness < best.badness) best = { attempts, badness };
  });
  return best.attempts;
}
