import { own } from '../../platform/records.ts';
import type { CostUnitsPerSecond, Rps, TierName } from '../../platform/units.ts';
import { type Choice, mostWorthWithin } from './knapsack.ts';
import { type Response, responseOf, stageChanceOf } from './response.ts';
import type { KeyDemand } from './water-level.ts';

/** A tier whose plan's level is to be found. */
export interface LevelClaim {
  readonly tier: TierName;
  /** What its keys want, retries not counted. */
  readonly keys: readonly KeyDemand[];
  /** How often its clients try. */
  readonly attempts: number;
  /** Its fair part of the total: what it is served beyond that is worth nothing. */
  readonly share: CostUnitsPerSecond;
  /** Below this it is not cut for another's sake. */
  readonly floor: CostUnitsPerSecond;
  readonly weight: number;
  /** Higher ones are sacrificed later: breaks ties. */
  readonly rank: number;
  /** What a limit really lets through, over what the keys' mean rates say. */
  readonly fill: number;
  /** What a key may send at rest. */
  readonly restingRps: Rps;
}

/** Requests per second and key by tier; `Infinity`: the plan rests. */
export type Levels = Readonly<Record<TierName, Rps>>;

/** Levels tried per tier, from a quarter of the least demand to the largest. */
const STEPS = 48;
const LEAST_SHARE = 0.25;
/** Parts of the total that are told apart. */
const BINS = 160;
/** A floor counts as met from here: levels come in steps. */
const MET_SHARE = 0.97;
/** Rank decides only where nothing else does. */
const RANK_VALUE = 1e-6;

/**
 * The levels that serve most first attempts, by weight, within a total: a knapsack with one choice per tier. Clients
 * that are served in part send again what was refused, so a little for everybody can be worth less than enough for some;
 * no tier is served below its floor for that, and what exceeds its share is worth nothing.
 */
export function bestLevels(totalCups: CostUnitsPerSecond, claims: readonly LevelClaim[]): Levels {
  const levels = mostWorthWithin(totalCups, claims.map(choicesOf), BINS);
  return Object.fromEntries(
    claims.map(({ tier }, index) => [tier, levels[index] ?? Number.POSITIVE_INFINITY] as const),
  );
}

/** Every level that leaves the tier its floor; where none does, the highest. */
function choicesOf(claim: LevelClaim): Choice[] {
  const rates = claim.keys.map(({ rps }) => rps).filter((rps) => rps > 0);
  const [least, most] = [LEAST_SHARE * Math.min(...rates), Math.min(claim.restingRps, Math.max(...rates))];
  const isGrid = rates.length > 0 && most > least;
  const grid = isGrid ? Array.from({ length: STEPS }, (_, step) => least * (most / least) ** (step / STEPS)) : [];
  const choices = [...grid, Number.POSITIVE_INFINITY].map((levelRps) => choiceAt(levelRps, claim));
  const demand = choices.at(-1)?.admitted ?? 0;
  const floor = MET_SHARE * Math.min(claim.floor, claim.share, demand);
  return choices.filter(
    ({ admitted }, index) => admitted >= floor || (choices[index + 1]?.admitted ?? demand) >= floor,
  );
}

function choiceAt(levelRps: Rps, claim: LevelClaim): Choice {
  const { admitted, first } = passing(claim, levelRps, 1);
  return { levelRps, admitted, value: worthOfFirst(claim, first) };
}

function passing({ keys, attempts, restingRps, fill }: LevelClaim, levelRps: Rps, stageChance: number): Response {
  const response = responseOf(keys, Math.min(levelRps, restingRps), attempts, stageChance);
  if (levelRps >= restingRps) return response;
  return { admitted: fill * response.admitted, first: fill * response.first };
}

function worthOfFirst({ weight, rank, share }: LevelClaim, first: CostUnitsPerSecond): number {
  return weight * (1 + RANK_VALUE * rank) * Math.min(first, share);
}

/** What levels are worth, also where they let through more than the total, so that the stage binds on everybody. */
export function worthOf(levels: Levels, totalCups: CostUnitsPerSecond, claims: readonly LevelClaim[]): number {
  const responses = (chance: number) =>
    claims.map((claim) => {
      return { claim, response: passing(claim, own(levels, claim.tier) ?? Number.POSITIVE_INFINITY, chance) };
    });
  const chance = stageChanceOf(totalCups, (at) =>
    responses(at).reduce((sum, { response }) => sum + response.admitted, 0),
  );
  return responses(chance).reduce((sum, { claim, response }) => sum + worthOfFirst(claim, response.first), 0);
}

/** What could be won at most. */
export function mostWorth(claims: readonly LevelClaim[]): number {
  return claims.reduce((sum, claim) => sum + worthOfFirst(claim, claim.share), 0);
}
