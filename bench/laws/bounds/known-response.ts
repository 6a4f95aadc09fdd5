import type { Limits } from '../../../shared/limits/limits.ts';
import type { CostUnitsPerSecond, Rps, TierName } from '../../../shared/platform/units.ts';
import type { ContractKey } from './known-demand.ts';

/** What a tier's keys come to under limits, cost units per second. */
export interface TierResponse {
  /** First attempts and retries that reach the backend. */
  admitted: CostUnitsPerSecond;
  /** First attempts among them: a retry is load, but not goodput. */
  first: CostUnitsPerSecond;
  /** First attempts of usual demand among those. */
  usual: CostUnitsPerSecond;
}

export interface KeyResponse {
  readonly admittedRps: Rps;
  readonly firstRps: Rps;
}

/**
 * A key that sends `rps` first attempts and tries up to `attempts` times gets rid of what it is refused by asking
 * again: with a chance `p` for every attempt it sends rps (1 - (1 - p)^attempts) / p, of which rps x p first attempts
 * get through.
 */
function passedBy(chance: number, rps: Rps, attempts: number): Rps {
  return rps * (1 - (1 - chance) ** attempts);
}

/** The chance that lets `admittedRps` (at most `rps`) of such a key through. */
function chanceFor(admittedRps: Rps, rps: Rps, attempts: number): number {
  return 1 - (1 - Math.min(1, admittedRps / rps)) ** (1 / attempts);
}

/** One key at a plan that lets `limitRps` through, and a stage with that chance for everybody. */
export function keyResponse(key: ContractKey, limitRps: Rps, stageChance: number): KeyResponse {
  const { rps, attempts } = key;
  const throughStage = passedBy(stageChance, rps, attempts);
  const admittedRps = Math.min(throughStage, limitRps * stageChance);
  const chance = admittedRps === throughStage ? stageChance : chanceFor(admittedRps, rps, attempts);
  return { admittedRps, firstRps: rps * chance };
}

/** What a plan lets through of a key: at rest as much as its contract, bursts included. */
export function planRps(key: ContractKey, limit: { readonly rateRps: Rps } | undefined, restingRps: Rps): Rps {
  if (limit === undefined || limit.rateRps >= restingRps) return key.contractRps;
  return limit.rateRps;
}

/** All tiers under these plans, behind a stage that admits `totalCups` in all. */
export function tierResponses(
  keys: readonly ContractKey[],
  tiers: Limits['tiers'],
  resting: Limits['tiers'],
  totalCups: CostUnitsPerSecond,
): ReadonlyMap<TierName, TierResponse> {
  const planned = keys.map((key) => ({
    key,
    limitRps: planRps(key, tiers[key.tier], resting[key.tier]?.rateRps ?? Number.POSITIVE_INFINITY),
  }));
  const admittedAt = (chance: number) =>
    planned.reduce(
      (sum, { key, limitRps }) => sum + keyResponse(key, limitRps, chance).admittedRps * key.costPerRequest,
      0,
    );
  const chance = admittedAt(1) <= totalCups ? 1 : bisect((at) => admittedAt(at) <= totalCups);
  const responses = new Map<TierName, TierResponse>();
  for (const { key, limitRps } of planned) {
    const { admittedRps, firstRps } = keyResponse(key, limitRps, chance);
    const sum = responses.get(key.tier) ?? { admitted: 0, first: 0, usual: 0 };
    sum.admitted += admittedRps * key.costPerRequest;
    sum.first += firstRps * key.costPerRequest;
    sum.usual += Math.min(firstRps, key.usualRps) * key.costPerRequest;
    responses.set(key.tier, sum);
  }
  return responses;
}

const HALVINGS = 14;

/** The largest number from 0 to 1 that fits, where all below it do. */
function bisect(fits: (value: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
