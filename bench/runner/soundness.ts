import type { RunResult } from './job.ts';

export const YARDSTICK = 'perfect';
export const STILL = 'static';
export const CEILING = 'gate';

/** A law may be better than perfect knowledge by so much in stress ratio: chance. */
const LUCK = 0.02;
/** Static limits may serve more by so much: of Poisson arrivals a guard refuses a few. */
const NOISE = 0.002;

/** Where a law does better than `perfect`, which is therefore no yardstick there. */
export interface Unsound {
  readonly size: number;
  readonly scenario: string;
  readonly law: string;
  readonly figure: 'stressRatio' | 'weightedGoodputRatio';
  /** Means over the seeds. */
  readonly ours: number;
  readonly perfect: number;
}

/** Every law that beats `perfect` in the mean over the seeds of a story and size; bounds that know as much do not count. */
export function unsoundIn(results: readonly RunResult[]): Unsound[] {
  const stories = Map.groupBy(results, ({ size, scenario }) => `${size} ${scenario}`);
  return [...stories.values()].flatMap((runs) => {
    const bound = runs.filter(({ law }) => law === YARDSTICK);
    const others = Map.groupBy(
      runs.filter(({ law }) => law !== CEILING && !law.startsWith(YARDSTICK)),
      ({ law }) => law,
    );
    return bound.length === 0 ? [] : [...others.values()].flatMap((own) => beaten(own, bound));
  });
}

function beaten(own: readonly RunResult[], bound: readonly RunResult[]): Unsound[] {
  const [first] = own;
  if (!first) return [];
  const seeds = new Set(own.map(({ seed }) => seed));
  const same = bound.filter(({ seed }) => seeds.has(seed));
  const { size, scenario, law } = first;
  const figures = [
    { figure: 'stressRatio', allowed: LUCK } as const,
    ...(law === STILL ? [{ figure: 'weightedGoodputRatio', allowed: NOISE } as const] : []),
  ];
  return figures.flatMap(({ figure, allowed }) => {
    const [ours, perfect] = [own, same].map((runs) => mean(runs.map((run) => run[figure]))) as [number, number];
    return ours > perfect + allowed ? [{ size, scenario, law, figure, ours, perfect }] : [];
  });
}

/** One line for each, for people. */
export function soundnessReport(unsound: readonly Unsound[]): string {
  if (unsound.length === 0) return 'perfect is sound: no law beats it, and static limits serve no more.';
  const lines = unsound.map(
    ({ size, scenario, law, figure, ours, perfect }) =>
      `${scenario} at size ${size}: ${law} ${figure} ${ours.toFixed(3)}, perfect ${perfect.toFixed(3)}`,
  );
  return ['perfect is not sound; the gate is the yardstick in these stories:', ...lines].join('\n');
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
