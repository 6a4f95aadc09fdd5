import type { Limit } from '../../../limits/limit.ts';
import type { MethodKey } from '../../../limits/method-key.ts';
import { own } from '../../../platform/records.ts';
import type { CostUnitsPerSecond, TierName } from '../../../platform/units.ts';
import { type Policy, tierPolicyOf } from '../../../policy/schema/policy-schema.ts';
import { type Claim, weightedMaxMin } from '../../allocation/max-min.ts';
import { inOrderOfWorth } from '../../allocation/order-of-worth.ts';
import { sacrificeRank } from '../../allocation/sacrifice.ts';
import { rpsOf } from '../asking/asked-demand.ts';
import { attemptsOf } from '../asking/attempts.ts';
import { usualOf } from '../asking/usual.ts';
import { NUMBERS } from '../constants.ts';
import { LAW_POLICY } from '../law-policy.ts';
import type { NextState } from '../next-state.ts';
import {
  admittedBy,
  bestLevels,
  type KeyClaim,
  type LevelClaim,
  type Levels,
  mostWorth,
  worthOf,
} from './usual-levels.ts';

type TierLimits = Readonly<Record<TierName, Limit>>;

export interface Shortage {
  readonly state: Pick<NextState, 'demand' | 'attempts' | 'usual' | 'fill'>;
  /** What the stage lets through while nothing waits. */
  readonly stageCups: CostUnitsPerSecond;
  readonly live: TierLimits;
  readonly resting: TierLimits;
  readonly policy: Policy;
  readonly workOf: (method: MethodKey) => number;
  readonly isBinding: boolean;
}

export interface Plans {
  readonly tiers: TierLimits;
  /** Plans to be written first: what wins most. */
  readonly order: readonly TierName[];
  /** All that is wanted within the baselines fits. */
  readonly isEnough: boolean;
  /** First attempts within the baselines, cost units per second. */
  readonly wantedCups: CostUnitsPerSecond;
  /** What the plans in force let through by the mean rates of keys. */
  readonly expectedCups: CostUnitsPerSecond;
}

/** A limit counts as resting from this share of its baseline. */
const RESTING_SHARE = 0.97;
const LEAST_RATE_RPS = 0.1;

/** Usual demand first: the levels that serve it best within what the stage lets through. */
export function plansIn(shortage: Shortage): Plans {
  const { live, resting, isBinding } = shortage;
  const budget = NUMBERS.planShare * shortage.stageCups;
  const claims = claimsOf(shortage, budget);
  const wantedCups = claims.reduce((sum, claim) => sum + wantedOf(claim), 0);
  const isEnough = wantedCups <= budget * (isBinding ? NUMBERS.releaseShare : 1);
  const present = mapTiers(resting, (tier, limit) => own(live, tier) ?? limit);
  const expectedCups = admittedBy(levelsOf(present, shortage), claims);
  const common = { isEnough, wantedCups, expectedCups };
  if (isEnough) return { tiers: resting, order: [], ...common };
  const levels = bestLevels(budget * shortage.state.fill, claims);
  const best = mapTiers(resting, (tier, limit) =>
    planLimit(own(levels, tier) ?? Number.POSITIVE_INFINITY, limit, shortage),
  );
  const worth = (tiers: TierLimits) =>
    worthOf(levelsOf(tiers, shortage), shortage.stageCups * shortage.state.fill, claims);
  const isUnfilled = expectedCups < NUMBERS.unfilledShare * budget * shortage.state.fill;
  const least =
    (isUnfilled ? NUMBERS.unfilledWorth : 1) *
    (NUMBERS.worthShare + NUMBERS.planNoise * chanceOf(claims)) *
    mostWorth(claims);
  if (worth(best) - worth(present) < least) return { tiers: present, order: [], ...common };
  return { tiers: best, order: inOrderOfWorth(present, best, worth), ...common };
}

/** Relative error of what is known of demand: requests come by chance. */
function chanceOf(claims: readonly LevelClaim[]): number {
  const keys = claims.flatMap((claim) => claim.keys);
  const cups = keys.reduce((sum, { rps, count, cost }) => sum + rps * count * cost, 0);
  const squares = keys.reduce((sum, { rps, count, cost }) => sum + rps * count * cost * cost, 0);
  return cups > 0 ? Math.sqrt(squares / (2 * NUMBERS.demandHalfLifeSeconds)) / cups : 0;
}

function wantedOf({ keys, restingRps }: Pick<LevelClaim, 'keys' | 'restingRps'>): CostUnitsPerSecond {
  return keys.reduce((sum, { rps, count, cost }) => sum + count * cost * Math.min(rps, restingRps), 0);
}

function claimsOf({ state, resting, policy, workOf }: Shortage, budget: CostUnitsPerSecond): LevelClaim[] {
  const byTier = Map.groupBy(Object.entries(state.demand), ([, { tier }]) => tier);
  const claims = [...byTier].map(([tier, entries]): Omit<LevelClaim, 'share'> => {
    const { weight, floorShare } = tierPolicyOf(policy, tier);
    const keys = entries.map(([key, entry]): KeyClaim => {
      const asked = rpsOf(entry);
      const rps = (asked * entry.wantedShare) / entry.count;
      const work = Object.entries(entry.asked).reduce((sum, [method, rate]) => sum + rate * workOf(method), 0);
      const usual = usualOf(state.usual, key, tier);
      return {
        rps,
        usualRps: usual === undefined ? rps : withRoom(usual, entry.count),
        count: entry.count,
        cost: asked > 0 ? work / asked : 0,
      };
    });
    return {
      tier,
      keys,
      attempts: attemptsOf(own(state.attempts, tier)),
      floor: floorShare * budget,
      weight,
      rank: sacrificeRank(policy, tier),
      restingRps: own(resting, tier)?.rateRps ?? Number.POSITIVE_INFINITY,
    };
  });
  return withShares(claims, budget, policy);
}

/** What still counts as usual: some room, and what chance may add within the time over which demand is smoothed. */
function withRoom(usualRps: number, count: number): number {
  return LAW_POLICY.usualRoom * usualRps + 2 * Math.sqrt(usualRps / (count * NUMBERS.demandHalfLifeSeconds));
}

/** Each tier's part of the budget: floors, then what is asked for by weight, ceilings kept. */
function withShares(
  claims: readonly Omit<LevelClaim, 'share'>[],
  budget: CostUnitsPerSecond,
  policy: Policy,
): LevelClaim[] {
  const shares = weightedMaxMin(
    budget,
    claims.map((claim): Claim => {
      const ceiling = tierPolicyOf(policy, claim.tier).ceilingShare * budget;
      const { tier: id, weight, floor, rank: sacrificeRank } = claim;
      return { id, weight, floor, ceiling, demand: wantedOf(claim), sacrificeRank };
    }),
  );
  return claims.map((claim) => {
    const floor = Math.min(claim.floor, own(shares, claim.tier) ?? 0);
    return { ...claim, floor, share: own(shares, claim.tier) ?? 0 };
  });
}

function planLimit(levelRps: number, resting: Limit, { policy }: Shortage): Limit {
  if (levelRps >= RESTING_SHARE * resting.rateRps) return resting;
  const least = Math.max(LEAST_RATE_RPS, policy.guardrails.leastRateRps);
  const rateRps = Math.round(Math.max(least, levelRps) * 100) / 100;
  const burst = Math.max(NUMBERS.leastPlanBurst, Math.round(rateRps * NUMBERS.planBurstSeconds));
  return { rateRps: Math.min(resting.rateRps, rateRps), burst: Math.min(resting.burst, burst) };
}

function levelsOf(tiers: TierLimits, { resting }: Shortage): Levels {
  return mapTiers(tiers, (tier, { rateRps }) => {
    const isResting = rateRps >= RESTING_SHARE * (own(resting, tier)?.rateRps ?? 0);
    return isResting ? Number.POSITIVE_INFINITY : rateRps;
  });
}

function mapTiers<To>(tiers: TierLimits, change: (tier: TierName, limit: Limit) => To): Record<TierName, To> {
  return Object.fromEntries(Object.entries(tiers).map(([tier, limit]) => [tier, change(tier, limit)] as const));
}
