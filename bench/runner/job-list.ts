import type { Job } from './job.ts';

/** Every law in every scenario with every seed, a scenario's runs together. */
export function jobsOf(
  scenarios: readonly string[],
  laws: readonly string[],
  seeds: readonly number[],
  trace = false,
): Job[] {
  return scenarios.flatMap((scenario) =>
    laws.flatMap((law) => seeds.map((seed) => ({ law, scenario, seed, trace, keepSeconds: false }))),
  );
}
