import type { Limit } from '../../../shared/limits/limit.ts';
import type { Rps, TierName } from '../../../shared/platform/units.ts';
import type { ClientGroup } from '../scenario.ts';
import { zipfShares } from '../traffic/skew.ts';

/** What a key may ask for before its demand exceeds the usual, as a multiple of its rate on a calm day. */
const USUAL_ROOM = 1.25;
/** Poisson arrivals at the usual rate exceed this many tokens, refilled with that room, less than once in a thousand. */
const USUAL_BURST = 20;

/** What a group asks for on a calm day, requests per second. */
export const usualDemandRps = (group: ClientGroup): Rps => group.usualRps ?? Math.max(0, group.demand(0));

/**
 * The rate of each key on a calm day, by group and key. Of a key that is silent then nobody knows what is usual: it is taken
 * for the median key of its tier.
 */
export function usualRates(groups: readonly ClientGroup[]): Rps[][] {
  const own = groups.map((group) => {
    const rps = usualDemandRps(group);
    return zipfShares(group.keyCount, group.skew).map((share) => share * rps);
  });
  const medians = new Map<TierName, Rps>();
  for (const tier of new Set(groups.map((group) => group.tier))) {
    const known = groups.flatMap((group, index) => (group.tier === tier ? (own[index] ?? []) : []));
    medians.set(tier, median(known.filter((rps) => rps > 0)));
  }
  return own.map((rates, index) => {
    const newcomer = medians.get(groups[index]?.tier ?? '') ?? 0;
    return rates.map((rps) => (rps > 0 ? rps : newcomer));
  });
}

/** The bucket that tells a key's usual demand from its excess. */
export const usualLimit = (usualRps: Rps): Limit => ({ rateRps: USUAL_ROOM * usualRps, burst: USUAL_BURST });

function median(values: readonly number[]): number {
  const ascending = [...values].sort((a, b) => a - b);
  const middle = (ascending.length - 1) / 2;
  return ((ascending[Math.floor(middle)] ?? 0) + (ascending[Math.ceil(middle)] ?? 0)) / 2;
}
