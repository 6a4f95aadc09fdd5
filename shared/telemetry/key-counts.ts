import type { TierName } from '../platform/units.ts';

/** How many keys each tier has, from the tier of every key. */
export function keyCountsOf(tiers: Iterable<TierName>): Record<TierName, number> {
  const counts: Record<TierName, number> = {};
  for (const tier of tiers) counts[tier] = (counts[tier] ?? 0) + 1;
  return counts;
}
