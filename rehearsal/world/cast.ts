import type { TierName } from '../../shared/platform/units.ts';
import { PREMIUM, type Scenario } from './scenario.ts';

/** The tiers that the scenarios are written for, as `config/tiers.yml` is delivered. */
const WRITTEN_FOR: readonly TierName[] = [PREMIUM, 'standard', 'basic', 'internal'];

/**
 * The scenario as the deployed tiers can play it. A tier that is deployed plays itself. For one that is not, the tier in
 * its place of `config/tiers.yml` stands in, or the last where there are fewer. Other names stay, for the scenario is wrong.
 * @param deployed the deployed tiers, in the order of `config/tiers.yml`
 */
export function castFor(scenario: Scenario, deployed: readonly TierName[]): Scenario {
  const playerOf = (tier: TierName): TierName => {
    const place = WRITTEN_FOR.indexOf(tier);
    if (deployed.includes(tier) || place < 0) return tier;
    return deployed[Math.min(place, deployed.length - 1)] ?? tier;
  };
  return {
    ...scenario,
    premiumTier: playerOf(scenario.premiumTier ?? PREMIUM),
    groups: scenario.groups.map((group) => ({ ...group, tier: playerOf(group.tier) })),
  };
}
