import type { TierName } from '../../platform/units.ts';
import { LARGEST_SACRIFICE_ORDER, type Policy, tierPolicyOf } from '../../policy/schema/policy-schema.ts';

/** The rank of tiers whose order is "never": after every order that a policy can state. */
export const NEVER_SACRIFICED = LARGEST_SACRIFICE_ORDER + 1;

/** A tier's place among those that give way in a shortage: the smallest rank gives way first. */
export function sacrificeRank(policy: Policy, tier: TierName): number {
  const { sacrificeOrder } = tierPolicyOf(policy, tier);
  return sacrificeOrder === 'never' ? NEVER_SACRIFICED : sacrificeOrder;
}

/** The tiers, the first to give way first; tiers of equal rank by name. */
export function inOrderOfSacrifice(policy: Policy, tiers: readonly TierName[]): TierName[] {
  return tiers.toSorted((a, b) => sacrificeRank(policy, a) - sacrificeRank(policy, b) || (a < b ? -1 : 1));
}
