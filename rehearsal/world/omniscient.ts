import type { TierName } from '../../shared/platform/units.ts';

/** What the policy says of a tier when there is not enough for all. */
export interface TierTerms {
  readonly name: TierName;
  /** Relative share, > 0. */
  readonly weight: number;
  /** Share of the capacity that it gets in any case if it asks for it, 0 to 1. */
  readonly floorShare: number;
  /** Who gives way first: 0 is sacrificed before 1, and so on. */
  readonly sacrificeRank: number;
}

/**
 * What an allocator would serve that knows demand and capacity of the second: weighted max-min with floors over the
 * tiers (docs/scores.md). `demand` in cost units, in the order of `terms`.
 */
export function omniscientShares(terms: readonly TierTerms[], demand: readonly number[], capacity: number): number[] {
  const demanded = demand.reduce((sum, units) => sum + units, 0);
  if (demanded <= capacity) return [...demand];
  const floors = terms.map((tier, index) => Math.min(tier.floorShare * capacity, demand[index] ?? 0));
  const guaranteed = floors.reduce((sum, units) => sum + units, 0);
  if (guaranteed >= capacity) return grantInOrder(terms, floors, capacity);
  return shareByWeight(terms, floors, demand, capacity);
}

/** Whoever is sacrificed last is served first. */
function grantInOrder(terms: readonly TierTerms[], floors: readonly number[], capacity: number): number[] {
  const order = terms.map((_, index) => index);
  order.sort((a, b) => (terms[b]?.sacrificeRank ?? 0) - (terms[a]?.sacrificeRank ?? 0));
  const shares = terms.map(() => 0);
  let left = capacity;
  for (const index of order) {
    const share = Math.min(left, floors[index] ?? 0);
    shares[index] = share;
    left -= share;
  }
  return shares;
}

/** Finds the level whose clamped shares add up to the capacity: their sum grows with the level, so halving finds it. */
function shareByWeight(
  terms: readonly TierTerms[],
  floors: readonly number[],
  demand: readonly number[],
  capacity: number,
): number[] {
  const at = (level: number) =>
    terms.map((tier, index) => Math.min(demand[index] ?? 0, Math.max(floors[index] ?? 0, level * tier.weight)));
  let low = 0;
  let high = Math.max(...terms.map((tier, index) => (demand[index] ?? 0) / tier.weight));
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (at(middle).reduce((sum, units) => sum + units, 0) > capacity) high = middle;
    else low = middle;
  }
  return at(low);
}
