import { weightedMaxMin } from '../../../shared/law/allocation/max-min.ts';
import { sacrificeRank } from '../../../shared/law/allocation/sacrifice.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { CostUnitsPerSecond, EpochMs, Rps, TierName } from '../../../shared/platform/units.ts';
import { type Policy, tierPolicyOf } from '../../../shared/policy/schema/policy-schema.ts';
import type { KnownKey } from '../knowledge.ts';

export type TierCups = Readonly<Record<TierName, CostUnitsPerSecond>>;

/** A key with what of its demand its contract covers just now. */
export interface ContractKey extends KnownKey {
  readonly contractRps: Rps;
}

/** A burst counts as demand as if it were spent in this time. */
const SPENT_WITHIN_SECONDS = 10;

/** The contract buckets as water: what each key's baseline would let through, its burst included. */
export class Contracts {
  private readonly tokens = new Map<string, number>();
  private lastMs: EpochMs | undefined;
  private readonly tiers: Readonly<Record<TierName, Limit>>;

  constructor(tiers: Readonly<Record<TierName, Limit>>) {
    this.tiers = tiers;
  }

  /** Lives until `now` with what the keys ask for; called every few seconds. */
  live(keys: readonly KnownKey[], now: EpochMs): void {
    const seconds = this.lastMs === undefined ? 0 : (now - this.lastMs) / 1000;
    this.lastMs = now;
    for (const { keyId, tier, rps } of keys) {
      const limit = this.tiers[tier];
      if (!limit) continue;
      const tokens = (this.tokens.get(keyId) ?? limit.burst) + (limit.rateRps - rps) * seconds;
      this.tokens.set(keyId, Math.min(limit.burst, Math.max(0, tokens)));
    }
  }

  /** What of these demands the contracts cover just now. */
  cover(keys: readonly KnownKey[]): ContractKey[] {
    return keys.map((key) => {
      const limit = this.tiers[key.tier];
      if (!limit) return { ...key, contractRps: key.rps };
      const tokens = this.tokens.get(key.keyId) ?? limit.burst;
      return { ...key, contractRps: Math.min(key.rps, limit.rateRps + tokens / SPENT_WITHIN_SECONDS) };
    });
  }
}

/** What the policy gives each tier of `total`, its ceilings left aside as the omniscient allocator does. */
export function sharesOf(total: CostUnitsPerSecond, keys: readonly ContractKey[], policy: Policy): TierCups {
  const demand: Record<TierName, CostUnitsPerSecond> = {};
  for (const key of keys) demand[key.tier] = (demand[key.tier] ?? 0) + key.contractRps * key.costPerRequest;
  const claims = Object.entries(demand).map(([id, asked]) => {
    const { weight, floorShare } = tierPolicyOf(policy, id);
    return {
      id,
      weight,
      floor: floorShare * total,
      ceiling: Number.POSITIVE_INFINITY,
      demand: asked,
      sacrificeRank: sacrificeRank(policy, id),
    };
  });
  return weightedMaxMin(total, claims);
}
