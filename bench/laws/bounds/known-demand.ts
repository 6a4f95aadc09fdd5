import { tierTerms } from '../../../rehearsal/run/rehearsal-policy.ts';
import {
  creditOf,
  excessDiscount,
  omniscientShares,
  type TierDemand,
  type TierGrant,
} from '../../../rehearsal/world/omniscient.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { CostUnitsPerSecond, EpochMs, Rps, TierName } from '../../../shared/platform/units.ts';
import type { Policy } from '../../../shared/policy/schema/policy-schema.ts';
import type { KnownKey } from '../knowledge.ts';

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

/** What a tier is granted of a total, and what serving it is worth. */
export interface Wanted {
  /** What its contracts cover. */
  readonly asked: TierDemand;
  readonly grant: TierGrant;
  /** Per cost unit of what is due, and of excess. */
  readonly dueWeight: number;
  readonly excessWeight: number;
}

export type WantedByTier = ReadonlyMap<TierName, Wanted>;

/** What the omniscient allocator of the scores would serve each tier of `total`. */
export function wantedOf(total: CostUnitsPerSecond, keys: readonly ContractKey[], policy: Policy): WantedByTier {
  const terms = tierTerms(policy, [...new Set(keys.map((key) => key.tier))]);
  const demand = terms.map(({ name }) => {
    const own = keys.filter((key) => key.tier === name);
    return {
      usual: sum(own.map((key) => Math.min(key.contractRps, key.usualRps) * key.costPerRequest)),
      total: sum(own.map((key) => key.contractRps * key.costPerRequest)),
    };
  });
  const grants = omniscientShares(terms, demand, total);
  const discount = excessDiscount(terms);
  return new Map(
    grants.map((grant, index) => {
      const { name = '', weight = 0 } = terms[index] ?? {};
      return [
        name,
        { asked: demand[index] ?? { usual: 0, total: 0 }, grant, dueWeight: weight, excessWeight: discount * weight },
      ];
    }),
  );
}

/** What it is worth that a tier is served so much. */
export function worthTo(wanted: Wanted | undefined, served: TierDemand): number {
  if (!wanted) return 0;
  const { due, excess } = creditOf(wanted.grant, served);
  return wanted.dueWeight * due + wanted.excessWeight * excess;
}

/** The most that a tier can be worth. */
export const mostWorth = ({ grant, dueWeight, excessWeight }: Wanted): number =>
  dueWeight * grant.due + excessWeight * grant.excess;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
