import { TUNING_SIZE } from '../scenarios/size.ts';
import type { Job } from './job.ts';

export interface JobChoice {
  readonly scenarios: readonly string[];
  readonly laws: readonly string[];
  readonly seeds: readonly number[];
  readonly sizes: readonly number[];
  /** Those that are played at every size; absent: all are. Others are played at the size for tuning alone. */
  readonly lawsAtEverySize?: readonly string[];
  readonly trace?: boolean;
}

/** Every law in every scenario with every seed at its sizes, a scenario's runs together, the longest first. */
export function jobsOf({ scenarios, laws, seeds, sizes, lawsAtEverySize = laws, trace = false }: JobChoice): Job[] {
  const isPlayed = (law: string, size: number) => size === TUNING_SIZE || lawsAtEverySize.includes(law);
  return sizes
    .toSorted((a, b) => b - a)
    .flatMap((size) =>
      scenarios.flatMap((scenario) =>
        laws
          .filter((law) => isPlayed(law, size))
          .flatMap((law) => seeds.map((seed) => ({ law, scenario, seed, size, trace, keepSeconds: false }))),
      ),
    );
}
