import type { CostUnitsPerSecond, Rps } from '../../platform/units.ts';

/** One level that a tier's plan could have, and what it comes to. */
export interface Choice {
  readonly levelRps: Rps;
  readonly admitted: CostUnitsPerSecond;
  readonly value: number;
}

interface Chosen {
  readonly value: number;
  readonly levels: readonly Rps[];
}

/**
 * One choice of each list, so that all together are worth most and admit no more than a total.
 * @param bins parts of the total that are told apart
 * @returns the level chosen from each list, requests per second; fewer levels than lists where not even the least fit
 */
export function mostWorthWithin(
  totalCups: CostUnitsPerSecond,
  lists: readonly (readonly Choice[])[],
  bins: number,
): readonly Rps[] {
  const binsOf = ({ admitted }: Choice) => Math.round((admitted / totalCups) * bins);
  let bySpent: (Chosen | undefined)[] = [{ value: 0, levels: [] }];
  for (const choices of lists) {
    const next: (Chosen | undefined)[] = [];
    bySpent.forEach((chosen, spent) => {
      if (!chosen) return;
      for (const choice of choices) {
        const bin = spent + binsOf(choice);
        const value = chosen.value + choice.value;
        if (bin > bins || (next[bin]?.value ?? -1) >= value) continue;
        next[bin] = { value, levels: [...chosen.levels, choice.levelRps] };
      }
    });
    bySpent = next;
  }
  const best = bySpent.reduce(
    (most, chosen) => (chosen && chosen.value > (most?.value ?? -1) ? chosen : most),
    undefined,
  );
  return best?.levels ?? [];
}
