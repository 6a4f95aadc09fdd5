import { type Limit, RATE_DECIMALS } from './limit.ts';

/** No rate is ever written below this, in requests per second: a limit of next to nothing is an outage by another name. */
export const LEAST_RATE_RPS = 0.1;

export type Bounded =
  | { readonly kind: 'limit'; readonly limit: Limit }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * What may be written for a wanted limit: rate within [LEAST_RATE_RPS, the account's rate], burst a whole number within
 * [1, the account's burst]. More than the account allows is cut down to it; what is no limit at all is refused.
 */
export function bounded(wanted: Limit, account: Limit): Bounded {
  const { rateRps, burst } = wanted;
  if (!Number.isFinite(rateRps) || rateRps < LEAST_RATE_RPS) return refused(`a rate of ${rateRps} rps`);
  if (!Number.isFinite(burst) || burst < 1) return refused(`a burst of ${burst}`);
  if (!(account.rateRps >= LEAST_RATE_RPS && account.burst >= 1)) return refused('an account without a limit');
  const limit = {
    rateRps: rounded(Math.min(rateRps, account.rateRps)),
    burst: Math.floor(Math.min(burst, account.burst)),
  };
  return { kind: 'limit', limit };
}

function refused(what: string): Bounded {
  return { kind: 'refused', why: `${what} is out of bounds` };
}

function rounded(rateRps: number): number {
  return Math.floor(rateRps * 10 ** RATE_DECIMALS + 1e-6) / 10 ** RATE_DECIMALS;
}
