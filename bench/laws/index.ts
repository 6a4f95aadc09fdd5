import type { BenchLaw } from './bench-law.ts';
import { perfect, perfectAhead } from './bounds/perfect.ts';
import { staticLimits } from './fixed.ts';
import { OURS } from './ours.ts';

/** Every law that the benchmark plays, by its name. */
export const LAWS: ReadonlyMap<string, BenchLaw> = new Map(
  [perfect, perfectAhead, ...OURS, staticLimits].map((law) => [law.name, law]),
);
