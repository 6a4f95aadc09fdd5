import { type Choice, mostWorthWithin } from '../../../shared/law/allocation/knapsack.ts';
import type { CostUnitsPerSecond, Rps, TierName } from '../../../shared/platform/units.ts';
import { type Policy, tierPolicyOf } from '../../../shared/policy/schema/policy-schema.ts';
import { type ContractKey, type Wanted, type WantedByTier, worthTo } from './known-demand.ts';
import { keyResponse } from './known-response.ts';

const LEVELS = 48;
const BINS = 160;

/**
 * The plans' levels that serve most first attempts, weighted, within a total; no tier is served below its floor for
 * another's sake, and what a tier gets beyond its share is worth nothing. Found by trying all levels on a grid (a
 * knapsack with one choice per tier).
 */
export function bestLevels(
  keys: readonly ContractKey[],
  wanted: WantedByTier,
  totalCups: CostUnitsPerSecond,
  policy: Policy,
): Map<TierName, Rps> {
  const tiers = [...Map.groupBy(keys, (key) => key.tier)];
  const choices = tiers.map(([tier, own]) =>
    choicesOf({
      keys: own,
      wanted: wanted.get(tier),
      floorCups: tierPolicyOf(policy, tier).floorShare * totalCups,
    }),
  );
  const levels = mostWorthWithin(totalCups, choices, BINS);
  return new Map(tiers.map(([tier], index) => [tier, levels[index] ?? Number.POSITIVE_INFINITY]));
}

interface TierPuzzle {
  readonly keys: readonly ContractKey[];
  readonly wanted: Wanted | undefined;
  readonly floorCups: CostUnitsPerSecond;
}

function choicesOf({ keys, wanted, floorCups }: TierPuzzle): Choice[] {
  const rates = keys.map((key) => key.contractRps).filter((rps) => rps > 0);
  const [least, most] = [Math.min(...rates) / 4, Math.max(...rates)];
  const grid = Array.from({ length: LEVELS }, (_, step) => least * (most / least) ** (step / LEVELS));
  const choices = [...grid, Number.POSITIVE_INFINITY].map((levelRps) => choiceAt(levelRps, keys, wanted));
  const demand = choices.at(-1)?.admitted ?? 0;
  const { due = 0, excess = 0 } = wanted?.grant ?? {};
  const floor = 0.97 * Math.min(floorCups, due + excess, demand);
  return choices.filter(
    ({ admitted }, index) => admitted >= floor || (choices[index + 1]?.admitted ?? demand) >= floor,
  );
}

function choiceAt(levelRps: Rps, keys: readonly ContractKey[], wanted: Wanted | undefined): Choice {
  let admitted = 0;
  const served = { usual: 0, total: 0 };
  for (const key of keys) {
    const { admittedRps, firstRps } = keyResponse(key, Math.min(levelRps, key.contractRps), 1);
    admitted += admittedRps * key.costPerRequest;
    served.total += firstRps * key.costPerRequest;
    served.usual += Math.min(firstRps, key.usualRps) * key.costPerRequest;
  }
  return { levelRps, admitted, value: worthTo(wanted, served) };
}
