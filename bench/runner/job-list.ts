import { hasNumbers } from '../laws/next.ts';
import type { OtherNumbers } from '../laws/other-numbers.ts';
import { TUNING_SIZE } from '../scenarios/size.ts';
import type { Job } from './job.ts';

export interface JobChoice {
  readonly scenarios: readonly string[];
  readonly laws: readonly string[];
  readonly seeds: readonly number[];
  readonly sizes: readonly number[];
  /**
   * Those that are played at every size; absent: all are, with every seed. Others are played at the size for tuning alone,
   * with the first seed; at larger sizes, which take long, the first seed stands for all.
   */
  readonly lawsAtEverySize?: readonly string[];
  readonly trace?: boolean;
  /** For the laws that have them. */
  readonly numbers?: OtherNumbers;
}

/** Every law in every scenario with every seed at its sizes, a scenario's runs together, the longest first. */
export function jobsOf(choice: JobChoice): Job[] {
  const { scenarios, laws, seeds, sizes, lawsAtEverySize, trace = false, numbers } = choice;
  const seedsFor = (law: string, size: number) => {
    if (lawsAtEverySize === undefined) return seeds;
    const isEverywhere = lawsAtEverySize.includes(law);
    if (size !== TUNING_SIZE && !isEverywhere) return [];
    return isEverywhere && size <= TUNING_SIZE ? seeds : seeds.slice(0, 1);
  };
  return sizes
    .toSorted((a, b) => b - a)
    .flatMap((size) =>
      scenarios.flatMap((scenario) =>
        laws.flatMap((law) =>
          seedsFor(law, size).map((seed) => {
            const job = { law, scenario, seed, size, trace, keepSeconds: false };
            return numbers && hasNumbers(law) ? { ...job, numbers } : job;
          }),
        ),
      ),
    );
}
