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

/** What a tier asks for, or was served, in cost units: its keys' usual demand, and all of it (`usual` included). */
export interface TierDemand {
  readonly usual: number;
  readonly total: number;
}

/** What the allocator serves a tier, in cost units: of what is due to it, and of what exceeds that. */
export interface TierShare {
  readonly due: number;
  readonly excess: number;
}

export interface TierGrant extends TierShare {
  /** How much of its excess is due to the tier, because its usual demand lies below its floor. */
  readonly excessBelowFloor: number;
  /** What is due to the tier and not granted. */
  readonly shortage: number;
}

/** What is due to a tier before anybody's excess: its usual demand, or its floor where it asks for more than the usual. */
function dueOf({ floorShare }: TierTerms, { usual, total }: TierDemand, capacity: number): number {
  return Math.min(total, Math.max(usual, floorShare * capacity));
}

/**
 * What an allocator would serve that knows demand and capacity: floors, then everybody's usual demand, then the excess
 * (docs/scores.md). `demand` in cost units, in the order of `terms`.
 */
export function omniscientShares(
  terms: readonly TierTerms[],
  demand: readonly TierDemand[],
  capacity: number,
): TierGrant[] {
  const totals = demand.map(({ total }) => total);
  const dues = demand.map((asked, index) => {
    const tier = terms[index];
    return tier ? dueOf(tier, asked, capacity) : 0;
  });
  const due = grantDue(terms, dues, totals, capacity);
  const left = capacity - sum(due);
  const beyond = totals.map((total, index) => total - (dues[index] ?? 0));
  // Sums of fractions: where what is due takes all, no excess is owed to a rounding error.
  const none = beyond.map(() => 0);
  const excess = sum(due) < sum(dues) || left <= 0 ? none : shareByWeight({ terms, lower: none, upper: beyond }, left);
  return due.map((units, index) => ({
    due: units,
    excess: excess[index] ?? 0,
    shortage: Math.max(0, (dues[index] ?? 0) - units),
    excessBelowFloor: Math.max(0, (dues[index] ?? 0) - (demand[index]?.usual ?? 0)),
  }));
}

/** What counts of what a tier was served: no more of what is due, and no more of excess, than the allocator grants. */
export function creditOf({ due, excess, excessBelowFloor }: TierGrant, served: TierDemand): TierShare {
  const credit = Math.min(due, served.usual + Math.min(excessBelowFloor, served.total - served.usual));
  return { due: credit, excess: Math.min(excess, served.total - credit) };
}

/**
 * What shares, or what counts of what was served, are worth: what is due by the tier's weight, excess by so much less that
 * none outweighs what is due to anybody.
 */
export function worthOf(terms: readonly TierTerms[], shares: readonly TierShare[]): number {
  const discount = excessDiscount(terms);
  return sum(
    terms.map(({ weight }, index) => weight * ((shares[index]?.due ?? 0) + discount * (shares[index]?.excess ?? 0))),
  );
}

/** Excess of the heaviest tier counts so much of what is due to the lightest: clearly less, for a plan hits both alike. */
const EXCESS_PART = 0.2;

/** By how much less a tier's excess counts than what is due to it. */
export function excessDiscount(terms: readonly TierTerms[]): number {
  const weights = terms.map(({ weight }) => weight);
  return (EXCESS_PART * Math.min(...weights)) / Math.max(...weights);
}

/** Floors first, then the rest of what is due by weight, until the capacity is spent. */
function grantDue(
  terms: readonly TierTerms[],
  dues: readonly number[],
  totals: readonly number[],
  capacity: number,
): number[] {
  if (sum(dues) <= capacity) return [...dues];
  const floors = terms.map((tier, index) => Math.min(tier.floorShare * capacity, totals[index] ?? 0));
  if (sum(floors) >= capacity) return grantInOrder(terms, floors, capacity);
  return shareByWeight({ terms, lower: floors, upper: dues }, capacity);
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

interface Bounds {
  readonly terms: readonly TierTerms[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** Finds the level whose clamped shares add up to the capacity: their sum grows with the level, so halving finds it. */
function shareByWeight({ terms, lower, upper }: Bounds, capacity: number): number[] {
  if (sum(upper) <= capacity) return [...upper];
  const at = (level: number) =>
    terms.map((tier, index) => Math.min(upper[index] ?? 0, Math.max(lower[index] ?? 0, level * tier.weight)));
  let low = 0;
  let high = Math.max(...terms.map((tier, index) => (upper[index] ?? 0) / tier.weight));
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (sum(at(middle)) > capacity) high = middle;
    else low = middle;
  }
  return at(low);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
