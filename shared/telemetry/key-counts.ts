import { emptyRecord, own } from '../platform/records.ts';
import type { TierName } from '../platform/units.ts';

/** The number of keys of each tier. */
export function keyCountsOf(tiers: Iterable<TierName>): Record<TierName, number> {
  const counts = emptyRecord<number>();
  for (const tier of tiers) counts[tier] = (own(counts, tier) ?? 0) + 1;
  return counts;
}
