import type { BenchLaw } from './bench-law.ts';
import { gate } from './bounds/gate.ts';
import { perfect, perfectAhead, perfectByMinutes, perfectLate } from './bounds/perfect.ts';
import { noLimits, staticLimits } from './fixed.ts';
import { NEXT } from './next.ts';
import { OURS } from './ours.ts';
import { CANDIDATES, RIVALS } from './rivals/index.ts';

/** The laws that the benchmark compares, in the order of its tables. */
export const COMPARED: readonly BenchLaw[] = [
  gate,
  perfectAhead,
  perfect,
  perfectLate,
  perfectByMinutes,
  ...OURS,
  ...RIVALS,
  staticLimits,
  noLimits,
];

/** Played at every size; the others at the size for tuning alone. */
export const AT_EVERY_SIZE: readonly string[] = ['perfect', 'gate', 'tidegate', 'tidegate-minutes', 'static'];

/** Every law by its name, the settings that rivals may be tuned to included. */
export const LAWS: ReadonlyMap<string, BenchLaw> = new Map(
  [...COMPARED, ...NEXT, ...CANDIDATES].map((law) => [law.name, law]),
);
