import type { RunResult } from '../runner/job.ts';
import { rowsOf, summariesOf } from '../runner/summary.ts';

/** What an ablation compares, over all its stories. */
export interface Figures {
  /** Mean over the stories. */
  readonly reach: number;
  /** The least of any tier in any story. */
  readonly harm: number;
  /** Mean over the stories, seconds. */
  readonly violated: number;
  /** Mean over the stories, share. */
  readonly falseThrottles: number;
  /** Mean over the stories, per half hour. */
  readonly changes: number;
  /** The longest of any story, seconds. */
  readonly rest: number;
}

export const FIGURE_NAMES = ['reach', 'harm', 'violated', 'falseThrottles', 'changes', 'rest'] as const;

/** Limits that never come to rest count as if they took so long: longer than any story goes on after its trouble. */
const NEVER_SECONDS = 3600;

/** Two seeds can agree by chance, so no figure's noise counts as less than this. */
const LEAST_NOISE: Figures = { reach: 0.002, harm: 0.005, violated: 1, falseThrottles: 0.001, changes: 1, rest: 10 };

/**
 * The figures of one set of numbers.
 * @param runs of the law under test alone, whatever telemetry it has
 * @param bounds `perfect` and `static` in the same stories with the same seeds
 */
export function figuresOf(runs: readonly RunResult[], bounds: readonly RunResult[]): Figures {
  const laws = new Set(runs.map(({ law }) => law));
  const rows = rowsOf([...bounds, ...runs]).filter(({ law }) => laws.has(law));
  const [summary] = summariesOf(rows.map((row) => ({ ...row, law: 'all' })));
  if (!summary || summary.meanReach === null || summary.harmRatio === null)
    throw new RangeError(
      'Expected runs, and for each of them perfect and static in the same story with the same seed.',
    );
  return {
    reach: summary.meanReach,
    harm: summary.harmRatio,
    violated: summary.meanViolationSeconds,
    falseThrottles: summary.meanFalseThrottles,
    changes: summary.changesPerHalfHour,
    rest: summary.restIn === null ? 0 : (summary.secondsToRest ?? NEVER_SECONDS),
  };
}

/** How far the figures of one law lie apart with two seeds, but never less than a resolution worth speaking of. */
export function noiseOf(one: Figures, other: Figures): Figures {
  return each((name) => Math.max(Math.abs(one[name] - other[name]), LEAST_NOISE[name]));
}

export const differenceOf = (changed: Figures, unchanged: Figures): Figures =>
  each((name) => changed[name] - unchanged[name]);

function each(of: (name: keyof Figures) => number): Figures {
  return Object.fromEntries(FIGURE_NAMES.map((name) => [name, of(name)])) as unknown as Figures;
}
