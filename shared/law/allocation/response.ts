import type { CostUnitsPerSecond, Rps } from '../../platform/units.ts';
import type { KeyDemand } from './water-level.ts';

/** What a tier's keys come to under a limit, cost units per second. */
export interface Response {
  /** First attempts and retries that reach the backend. */
  readonly admitted: CostUnitsPerSecond;
  /** First attempts among them: a retry is load, but it comes late. */
  readonly first: CostUnitsPerSecond;
}

/** Halvings of the interval from 0 to 1: more than a limit can be told apart. */
const HALVINGS = 14;

/**
 * Keys that try up to `attempts` times, at a plan that lets `levelRps` of each through, behind a stage that lets every
 * request through with the chance `stageChance`. With a chance p for every attempt a key that wants `rps` gets rid of
 * rps (1 - (1 - p)^attempts), of which rps x p at the first attempt (docs/control-law.md, "Levels").
 */
export function responseOf(keys: readonly KeyDemand[], levelRps: Rps, attempts: number, stageChance: number): Response {
  let [admitted, first] = [0, 0];
  for (const { rps, count, costPerRequest } of keys) {
    const throughStageRps = rps * (1 - (1 - stageChance) ** attempts);
    const admittedRps = Math.min(throughStageRps, levelRps * stageChance);
    const isLimited = admittedRps < throughStageRps;
    const chance = isLimited ? 1 - (1 - admittedRps / rps) ** (1 / attempts) : stageChance;
    admitted += count * costPerRequest * admittedRps;
    first += count * costPerRequest * rps * chance;
  }
  return { admitted, first };
}

/** The chance that a stage of `totalCups` gives every request, where `admittedAt(chance)` would pass it; at most 1. */
export function stageChanceOf(
  totalCups: CostUnitsPerSecond,
  admittedAt: (chance: number) => CostUnitsPerSecond,
): number {
  if (admittedAt(1) <= totalCups) return 1;
  let [low, high] = [0, 1];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (admittedAt(middle) <= totalCups) low = middle;
    else high = middle;
  }
  return low;
}
