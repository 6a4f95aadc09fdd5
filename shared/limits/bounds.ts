import { own, recordOf } from '../platform/records.ts';
import { isSameLimit, type Limit, RATE_DECIMALS } from './limit.ts';
import type { StageLimits } from './limits.ts';
import { STAGE_DEFAULT } from './method-key.ts';

/** No rate is ever written below this, in requests per second: a limit of next to nothing is an outage by another name. */
export const LEAST_RATE_RPS = 0.1;

export type Bounded =
  | { readonly kind: 'limit'; readonly limit: Limit }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * What may be written for a wanted limit: rate within [LEAST_RATE_RPS, the account's rate], burst a whole number within
 * [1, the account's burst]. More than the account allows is cut down to it; what is not a valid limit is refused.
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

/** Whether somebody shut a method, a stage or a plan: Tidegate never writes so low a limit. */
export function isShut({ rateRps, burst }: Limit): boolean {
  return rateRps < LEAST_RATE_RPS || burst < 1;
}

/** Limits as API Gateway will keep them; those that may not be written are left out. */
export function writableLimits(limits: Readonly<Record<string, Limit>>, account: Limit): Record<string, Limit> {
  const allowed = Object.entries(limits).map(([name, limit]) => [name, bounded(limit, account)] as const);
  return recordOf(allowed.flatMap(([name, each]) => (each.kind === 'limit' ? [[name, each.limit] as const] : [])));
}

/**
 * Whether a stage has to be written: a limit that is wanted is not in force. A method that is not named is left as it is, and
 * so is one whose limit may not be written; a default that may not be written is out of step, so that its refusal is seen.
 */
export function isStageOutOfStep(wanted: StageLimits, live: StageLimits, account: Limit): boolean {
  return Object.entries(wanted).some(([method, limit]) => {
    const allowed = bounded(limit, account);
    return allowed.kind === 'refused' ? method === STAGE_DEFAULT : !isSameLimit(own(live, method), allowed.limit);
  });
}
