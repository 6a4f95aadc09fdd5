import type { NumberName, OtherNumbers } from '../laws/other-numbers.ts';
import type { Job, RunResult } from '../runner/job.ts';
import { TUNING_SEEDS } from '../scenarios/index.ts';
import { type Figures, figuresOf, noiseOf } from './ablation-figures.ts';
import { ablationJobs, boundJobs } from './ablation-stories.ts';
import { byEffect, type Effect, effectOf, type Reference } from './number-effects.ts';
import { pairOf } from './pairs.ts';

export interface AblationChoice {
  readonly names: readonly NumberName[];
  readonly stories: readonly string[];
  readonly seeds: readonly number[];
}

export interface Ablation extends Reference {
  readonly stories: readonly string[];
  readonly seeds: readonly number[];
  /** The unchanged law with each of these tells the noise. */
  readonly noiseSeeds: readonly [number, number];
  /** The largest first. */
  readonly effects: readonly Effect[];
}

type Play = (jobs: readonly Job[]) => Promise<readonly RunResult[]>;

const NOISE_SEEDS = [TUNING_SEEDS[0] ?? 1, TUNING_SEEDS[1] ?? 2] as const;
const UNCHANGED: OtherNumbers = {};

/** Plays the law unchanged and with either value of each pair, and compares. */
export async function ablate({ names, stories, seeds }: AblationChoice, play: Play): Promise<Ablation> {
  const pairs = names.map((name) => pairOf(name));
  const everySeed = { stories, seeds: [...new Set([...seeds, ...NOISE_SEEDS])] };
  const changes = pairs.flatMap(({ name, tried }) => tried.map((value) => ({ [name]: value })));
  const jobs = [
    ...boundJobs(everySeed),
    ...ablationJobs(everySeed, UNCHANGED),
    ...changes.flatMap((numbers) => ablationJobs({ stories, seeds }, numbers)),
  ];
  const runs = await play(jobs);
  const byNumbers = Map.groupBy(runs, (_, index) => JSON.stringify(jobs[index]?.numbers));
  const figures = (numbers: OtherNumbers, of: readonly number[]): Figures => {
    const own = byNumbers.get(JSON.stringify(numbers)) ?? [];
    const bounds = byNumbers.get(JSON.stringify(undefined)) ?? [];
    return figuresOf(
      own.filter(({ seed }) => of.includes(seed)),
      bounds,
    );
  };
  const [one, other] = NOISE_SEEDS.map((seed) => figures(UNCHANGED, [seed])) as [Figures, Figures];
  const reference = { unchanged: figures(UNCHANGED, seeds), noise: noiseOf(one, other) };
  const effects = pairs.map((pair) => {
    const [lower, upper] = pair.tried.map((value) => figures({ [pair.name]: value }, seeds)) as [Figures, Figures];
    return effectOf(pair, [lower, upper], reference);
  });
  return { ...reference, stories, seeds, noiseSeeds: NOISE_SEEDS, effects: byEffect(effects) };
}
