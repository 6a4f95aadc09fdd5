import type { Rps } from '../platform/units.ts';

/** A token bucket's two numbers: refill in requests per second, capacity in requests (a whole number of at least 1). */
export interface Limit {
  readonly rateRps: Rps;
  readonly burst: number;
}

/** API Gateway keeps rates with so many decimals at most. */
export const RATE_DECIMALS = 2;

/** Whether API Gateway cannot tell two limits apart: a rate may come back as a float of another spelling. */
export function isSameLimit(left: Limit | undefined, right: Limit | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  return Math.abs(left.rateRps - right.rateRps) < 10 ** -RATE_DECIMALS / 2 && left.burst === right.burst;
}

/** The lower rate and the lower burst of two limits. */
export function lowerLimit(left: Limit, right: Limit | undefined): Limit {
  if (right === undefined) return left;
  return { rateRps: Math.min(left.rateRps, right.rateRps), burst: Math.min(left.burst, right.burst) };
}

/** Whether either number of a limit is below that of another. */
export function isAnyLower(left: Limit, right: Limit): boolean {
  return left.rateRps < right.rateRps || left.burst < right.burst;
}
