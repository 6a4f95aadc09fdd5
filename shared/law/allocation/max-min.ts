/**
 * Weighted max-min shares with bounds (docs/control-law.md, "Shares"): the allocation that Kubernetes' API priority
 * and fairness calls unique, found by sweeping the common level over the sorted bounds.
 */

/** Someone who asks for a part of the total; all quantities in one unit, each at least 0. */
export interface Claim {
  readonly id: string;
  /** Relative claim to what is left once every floor is met; greater than 0. */
  readonly weight: number;
  /** Guaranteed, as far as it is asked for. */
  readonly floor: number;
  /** Never exceeded. */
  readonly ceiling: number;
  readonly demand: number;
  /** The claim whose floor gives way first when floors alone exceed the total: 1 before 2. */
  readonly sacrificeRank: number;
}

interface Bounded {
  readonly id: string;
  readonly weight: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Divides `total`: share = clamp(level x weight, floor, min(ceiling, demand)), with one level for all.
 * The shares sum to the total, or to all that is asked for where that is less.
 */
export function weightedMaxMin(total: number, claims: readonly Claim[]): Record<string, number> {
  const bounded = affordableFloors(total, claims);
  const level = commonLevel(total, bounded);
  return Object.fromEntries(bounded.map((claim) => [claim.id, shareAt(claim, level)]));
}

const floorOf = (claim: Claim) => Math.min(claim.floor, claim.ceiling, claim.demand);

function shareAt(claim: Bounded, level: number): number {
  return Math.min(claim.upper, Math.max(claim.lower, level * claim.weight));
}

/** Floors in the reverse order of sacrifice, as far as the total reaches; equals in that order share the shortage. */
function affordableFloors(total: number, claims: readonly Claim[]): Bounded[] {
  const ranks = [...new Set(claims.map(({ sacrificeRank }) => sacrificeRank))].sort((a, b) => b - a);
  const bounded = new Map<string, Bounded>();
  let left = total;
  for (const rank of ranks) {
    const group = claims.filter((claim) => claim.sacrificeRank === rank);
    const wanted = group.map(floorOf);
    const sum = wanted.reduce((a, b) => a + b, 0);
    const part = sum > left && sum > 0 ? Math.max(0, left) / sum : 1;
    group.forEach((claim, index) => {
      const lower = (wanted[index] ?? 0) * part;
      bounded.set(claim.id, { ...claim, lower, upper: Math.max(lower, Math.min(claim.ceiling, claim.demand)) });
    });
    left -= sum * part;
  }
  return claims.flatMap((claim) => bounded.get(claim.id) ?? []);
}

/** The level at which the shares sum to the total; the sum is piecewise linear in it, so one sweep over its corners. */
function commonLevel(total: number, claims: readonly Bounded[]): number {
  const corners = claims
    .flatMap((claim) => [claim.lower / claim.weight, claim.upper / claim.weight])
    .sort((a, b) => a - b);
  const sumAt = (level: number) => claims.reduce((sum, claim) => sum + shareAt(claim, level), 0);
  let below = 0;
  for (const corner of corners) {
    const sum = sumAt(corner);
    if (sum >= total) {
      const start = sumAt(below);
      return sum === start ? below : below + ((corner - below) * Math.max(0, total - start)) / (sum - start);
    }
    below = corner;
  }
  return Number.POSITIVE_INFINITY;
}
