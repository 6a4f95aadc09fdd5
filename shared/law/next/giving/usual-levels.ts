import { own } from '../../../platform/records.ts';
import type { CostUnitsPerSecond, Rps, TierName } from '../../../platform/units.ts';
import { type Choice, mostWorthWithin } from '../../allocation/knapsack.ts';
import { stageChanceOf } from '../../allocation/response.ts';
import { waterLevel } from '../../allocation/water-level.ts';
import { LAW_POLICY } from '../law-policy.ts';

/** Equal keys of one tier: usually one key, or those without a name. */
export interface KeyClaim {
  /** First attempts per second of each, what is usual of them, and the mean work of one request. */
  readonly rps: Rps;
  readonly usualRps: Rps;
  readonly count: number;
  readonly cost: CostUnitsPerSecond;
}

/** A tier whose plan's level is to be found. */
export interface LevelClaim {
  readonly tier: TierName;
  readonly keys: readonly KeyClaim[];
  /** How often its clients try. */
  readonly attempts: number;
  /** Guaranteed, as far as it is asked for. */
  readonly floor: CostUnitsPerSecond;
  /** Its part of the total by weight: what it is served beyond that, and beyond its usual demand, is worth nothing. */
  readonly share: CostUnitsPerSecond;
  readonly weight: number;
  /** Higher ones are sacrificed later: breaks ties. */
  readonly rank: number;
  /** What a key may send at rest. */
  readonly restingRps: Rps;
}

/** Requests per second and key by tier; `Infinity`: the plan rests. */
export type Levels = Readonly<Record<TierName, Rps>>;

/** What a tier comes to under a level, cost units per second. */
interface Response {
  /** First attempts and retries that reach the backend. */
  readonly admitted: CostUnitsPerSecond;
  /** First attempts among them, within the usual and beyond. */
  readonly usual: CostUnitsPerSecond;
  readonly excess: CostUnitsPerSecond;
}

const STEPS = 60;
const BINS = 200;
const MET_SHARE = 0.97;
const RANK_VALUE = 1e-6;

/**
 * The levels that are worth most within a total: a knapsack with one choice per tier. Clients that are served in part
 * send again what was refused, so a little for everybody can be worth less than enough for some.
 */
export function bestLevels(totalCups: CostUnitsPerSecond, claims: readonly LevelClaim[]): Levels {
  const levels = mostWorthWithin(
    totalCups,
    claims.map((claim) => choicesOf(claim, totalCups)),
    BINS,
  );
  return Object.fromEntries(
    claims.map(({ tier }, index) => [tier, levels[index] ?? Number.POSITIVE_INFINITY] as const),
  );
}

/** Every level that leaves the tier its floor; where none does, the highest. They let through even steps of the total. */
function choicesOf(claim: LevelClaim, totalCups: CostUnitsPerSecond): Choice[] {
  const keys = claim.keys.map(({ rps, count, cost }) => ({ rps, count, costPerRequest: cost }));
  const asked = responseOf(claim, Number.POSITIVE_INFINITY, 1).admitted;
  const most = Math.min(asked, totalCups);
  const grid = Array.from({ length: STEPS }, (_, step) => waterLevel((most * (step + 0.5)) / STEPS, keys));
  const choices = [...grid, Number.POSITIVE_INFINITY].map((levelRps) => {
    const response = responseOf(claim, levelRps, 1);
    return { levelRps, admitted: response.admitted, value: worthOfResponse(claim, response) };
  });
  const demand = choices.at(-1)?.admitted ?? 0;
  const floor = MET_SHARE * Math.min(claim.floor, demand);
  return choices.filter(
    ({ admitted }, index) => admitted >= floor || (choices[index + 1]?.admitted ?? demand) >= floor,
  );
}

/**
 * A tier at a plan of so much for each key, behind a stage that lets every request through with the chance `stageChance`.
 * With a chance p for every attempt a key that wants r gets rid of r (1 - (1 - p)^attempts), r x p at the first.
 */
function responseOf({ keys, attempts, restingRps }: LevelClaim, levelRps: Rps, stageChance: number): Response {
  const level = Math.min(levelRps, restingRps);
  let [admitted, usual, excess] = [0, 0, 0];
  for (const { rps, usualRps, count, cost } of keys) {
    const throughStage = rps * (1 - (1 - stageChance) ** attempts);
    const passed = Math.min(throughStage, level * stageChance);
    const chance = passed < throughStage ? 1 - (1 - passed / rps) ** (1 / attempts) : stageChance;
    const usualPart = Math.min(rps, usualRps);
    admitted += count * cost * passed;
    usual += count * cost * Math.min(usualPart, rps * chance);
    excess += count * cost * Math.max(0, rps * chance - usualPart);
  }
  return { admitted, usual, excess };
}

/** The usual, and a little for the rest; no more of that than the tier's share. Floors are met by the choice of levels. */
function worthOfResponse(claim: LevelClaim, { usual, excess }: Response): number {
  const rest = Math.min(excess, Math.max(0, claim.share - usual));
  return claim.weight * (1 + RANK_VALUE * claim.rank) * (usual + LAW_POLICY.excessWorth * rest);
}

/** What levels are worth, also where they let through more than the total, so that the stage binds on everybody. */
export function worthOf(levels: Levels, totalCups: CostUnitsPerSecond, claims: readonly LevelClaim[]): number {
  const responses = (chance: number) =>
    claims.map((claim) => responseOf(claim, own(levels, claim.tier) ?? Number.POSITIVE_INFINITY, chance));
  const chance = stageChanceOf(totalCups, (at) => responses(at).reduce((sum, { admitted }) => sum + admitted, 0));
  return responses(chance).reduce((sum, response, index) => {
    const claim = claims[index];
    return claim === undefined ? sum : sum + worthOfResponse(claim, response);
  }, 0);
}

/** What levels let through while the stage does not bind. */
export function admittedBy(levels: Levels, claims: readonly LevelClaim[]): CostUnitsPerSecond {
  return claims.reduce((sum, claim) => {
    return sum + responseOf(claim, own(levels, claim.tier) ?? Number.POSITIVE_INFINITY, 1).admitted;
  }, 0);
}

/** What could be won at most. */
export function mostWorth(claims: readonly LevelClaim[]): number {
  return claims.reduce((sum, claim) => sum + worthOfResponse(claim, responseOf(claim, Number.POSITIVE_INFINITY, 1)), 0);
}
