import type { Shortage } from '../../../shared/law/sharing/tier-levels.ts';
import { type DemandEntry, initialState, type MemoryState } from '../../../shared/law/state.ts';
import type { Baseline } from '../../../shared/law/types.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import { type Policy, policySchema } from '../../../shared/policy/schema/policy-schema.ts';

/** A tier; unless stated otherwise it has weight 1 and no floor. */
export interface TierSketch {
  /** Requests per second that each key asks for. */
  readonly asks: readonly number[];
  /** Share of that demand that the law believes to be wanted. */
  readonly wantedShare?: number;
  readonly weight?: number;
  readonly floorShare?: number;
  readonly ceilingShare?: number;
  readonly sacrificeOrder?: number | 'never';
  /** The live limit; `RESTING_LIMIT` when absent. */
  readonly live?: Limit;
}

export interface ShortageSketch {
  readonly totalCups: number;
  readonly tiers: Readonly<Record<string, TierSketch>>;
  readonly admittedCups?: number;
  readonly memory?: Partial<MemoryState>;
  readonly demand?: Partial<Policy['demand']>;
}

export const limitOf = (rateRps: number): Limit => ({ rateRps, burst: Math.round(3 * rateRps) });
/** More than any key asks for. */
export const RESTING_LIMIT = limitOf(1000);

/** A shortage in which clients try once, every gain is worth a write, and plans may admit the whole total. */
export function shortageOf(sketch: ShortageSketch): Shortage {
  const { totalCups, tiers, admittedCups = totalCups, memory, demand } = sketch;
  return {
    totalCups,
    admittedCups,
    memory: { ...initialState({ stage: {}, tiers: {} }, 0, 0.02, 120).memory, demand: demandOf(tiers), ...memory },
    live: each(tiers, ({ live }) => live ?? RESTING_LIMIT),
    baseline: restingBaseline(tiers),
    policy: policyOf(tiers, demand),
  };
}

function restingBaseline(tiers: ShortageSketch['tiers']): Baseline {
  return { stage: limitOf(2000), tiers: each(tiers, () => RESTING_LIMIT) };
}

function policyOf(tiers: ShortageSketch['tiers'], demand: ShortageSketch['demand']): Policy {
  return policySchema.parse({
    api: 'a1/dev',
    guardrails: { ignoreChangeShare: 0 },
    demand: {
      usualAttempts: 1,
      planAimShare: 1,
      plansHoldShare: 1,
      worthShare: 0,
      fairFloorShare: 0,
      attemptsPriorVariance: 0.01,
      tierBurstSeconds: 3,
      leastTierBurstRequests: 5,
      ...demand,
    },
    tiers: each(tiers, ({ asks, wantedShare, live, ...own }) => {
      return { weight: 1, floorShare: 0, ceilingShare: 1, sacrificeOrder: 1, ...own };
    }),
  });
}

function demandOf(tiers: ShortageSketch['tiers']): Record<string, DemandEntry> {
  const entries = Object.entries(tiers).flatMap(([tier, { asks, wantedShare = 1 }]) => {
    return asks.map((rps, index) => {
      const entry = { tier, count: 1, methods: { '/data/GET': rps }, wantedRps: wantedShare * rps };
      return [`${tier}-${index}`, entry] as const;
    });
  });
  return Object.fromEntries(entries);
}

function each<T>(tiers: ShortageSketch['tiers'], of: (sketch: TierSketch) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(tiers).map(([tier, sketch]) => [tier, of(sketch)]));
}
