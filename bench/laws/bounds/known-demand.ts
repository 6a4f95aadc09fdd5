import { weightedMaxMin } from '../../../shared/allocation/max-min.ts';
import { waterLevel } from '../../../shared/allocation/water-level.ts';
import type { CostUnitsPerSecond, Limit, Limits, MethodKey, Rps, TierName } from '../../../shared/platform/units.ts';
import { type Policy, tierPolicyOf } from '../../../shared/policy/schema.ts';
import type { KnownKey } from '../knowledge.ts';

export type TierCups = Readonly<Record<TierName, CostUnitsPerSecond>>;

/** A key with what of its demand its contract covers just now. */
export interface ContractKey extends KnownKey {
  readonly contractRps: Rps;
}

/** Cost units per second of each tier that get past the plans. */
export function passingByTier(keys: readonly KnownKey[], tiers: Limits['tiers']): TierCups {
  const cups: Record<TierName, CostUnitsPerSecond> = {};
  for (const key of keys) cups[key.tier] = (cups[key.tier] ?? 0) + passingRps(key, tiers) * key.costPerRequest;
  return cups;
}

/** The same by method, in requests per second. */
export function passingByMethod(keys: readonly KnownKey[], tiers: Limits['tiers']): Record<MethodKey, Rps> {
  const rates: Record<MethodKey, Rps> = {};
  for (const key of keys) {
    const rps = passingRps(key, tiers);
    for (const [method, share] of Object.entries(key.mix)) rates[method] = (rates[method] ?? 0) + rps * share;
  }
  return rates;
}

const passingRps = (key: KnownKey, tiers: Limits['tiers']) =>
  Math.min(key.rps, tiers[key.tier]?.rateRps ?? Number.POSITIVE_INFINITY);

/** What the policy gives each tier of `total`, its ceilings left aside as the omniscient allocator does. */
export function sharesOf(total: CostUnitsPerSecond, keys: readonly ContractKey[], policy: Policy): TierCups {
  const demand: Record<TierName, CostUnitsPerSecond> = {};
  for (const key of keys) demand[key.tier] = (demand[key.tier] ?? 0) + key.contractRps * key.costPerRequest;
  const claims = Object.entries(demand).map(([id, asked]) => {
    const { weight, floorShare, sacrificeOrder } = tierPolicyOf(policy, id);
    return {
      id,
      weight,
      floor: floorShare * total,
      ceiling: Number.POSITIVE_INFINITY,
      demand: asked,
      sacrificeOrder: sacrificeOrder === 'never' ? undefined : sacrificeOrder,
    };
  });
  return weightedMaxMin(total, claims);
}

/** The rate per key that gives a tier its share; Infinity when all that its contract covers fits. */
export function levelOf(share: CostUnitsPerSecond, keys: readonly ContractKey[]): Rps {
  const asked = keys.reduce((sum, key) => sum + key.contractRps * key.costPerRequest, 0);
  if (share >= MET_SHARE * asked) return Number.POSITIVE_INFINITY;
  const demands = keys.map(({ contractRps, costPerRequest }) => ({ rps: contractRps, count: 1, costPerRequest }));
  return waterLevel(share, demands);
}

const MET_SHARE = 0.999;

/** The contract buckets as water: what each key's baseline would let through, its burst included. */
export class Contracts {
  private readonly tokens = new Map<string, number>();
  private lastMs: number | undefined;
  private readonly tiers: Readonly<Record<TierName, Limit>>;

  constructor(tiers: Readonly<Record<TierName, Limit>>) {
    this.tiers = tiers;
  }

  /** Called with the keys that ask for something, every few seconds. */
  apply(keys: readonly KnownKey[], now: number): ContractKey[] {
    const seconds = this.lastMs === undefined ? 0 : (now - this.lastMs) / 1000;
    this.lastMs = now;
    return keys.map((key) => {
      const limit = this.tiers[key.tier];
      if (!limit) return { ...key, contractRps: key.rps };
      const before = this.tokens.get(key.keyId) ?? limit.burst;
      const tokens = Math.min(limit.burst, Math.max(0, before + (limit.rateRps - key.rps) * seconds));
      this.tokens.set(key.keyId, tokens);
      return { ...key, contractRps: Math.min(key.rps, limit.rateRps + tokens / SPENT_WITHIN_SECONDS) };
    });
  }
}

/** A burst counts as demand as if it were spent in this time. */
const SPENT_WITHIN_SECONDS = 10;
