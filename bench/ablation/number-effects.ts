import { differenceOf, FIGURE_NAMES, type Figures } from './ablation-figures.ts';
import type { Pair } from './pairs.ts';

/** What the two values in place of a number's own change. */
export interface Effect extends Pair {
  /** Each of the values tried, less the unchanged law. */
  readonly differences: readonly [Figures, Figures];
  /** The largest difference of any figure by either value, in multiples of that figure's noise. */
  readonly timesNoise: number;
  /** Some figure changes by more than its noise. */
  readonly matters: boolean;
}

export interface Reference {
  readonly unchanged: Figures;
  readonly noise: Figures;
}

export function effectOf(pair: Pair, changed: readonly [Figures, Figures], { unchanged, noise }: Reference): Effect {
  const differences = [differenceOf(changed[0], unchanged), differenceOf(changed[1], unchanged)] as const;
  const ratios = differences.flatMap((figures) => FIGURE_NAMES.map((name) => Math.abs(figures[name]) / noise[name]));
  const timesNoise = Math.max(...ratios);
  return { ...pair, differences, timesNoise, matters: timesNoise > 1 };
}

/** The largest first; equals by name. */
export function byEffect(effects: readonly Effect[]): Effect[] {
  return effects.toSorted((a, b) => b.timesNoise - a.timesNoise || a.name.localeCompare(b.name));
}
