import type { CostUnitsPerSecond } from '../../../shared/platform/units.ts';
import type { KnownKey } from '../knowledge.ts';

/** One in thirty waits longer than this, seconds; beyond it an answer may be late. */
const WAIT_SECONDS = 0.35;
const LATE_CHANCE = 1 / 30;

/** The work that arrives at once, as it weighs in a queue: the mean of the squared costs over the mean cost. */
export function grainOf(keys: readonly KnownKey[]): number {
  const [squared, plain] = keys.reduce(
    ([a, b], { rps, squaredCost, costPerRequest }) => [a + rps * squaredCost, b + rps * costPerRequest],
    [0, 0],
  );
  return plain > 0 ? squared / plain : 1;
}

/**
 * The share of the capacity at which Poisson arrivals seldom wait so long that they are late: of a queue without memory
 * exp(-2 x wait x (1/share - 1) x capacity / grain) wait longer than that.
 */
export function loadableShare(capacity: CostUnitsPerSecond, grain: number): number {
  return 1 / (1 + (Math.log(1 / LATE_CHANCE) * grain) / (2 * WAIT_SECONDS * capacity));
}

/** The standard deviation of what arrives in `seconds`, as a share of the mean. */
export function unevenness(rateCups: CostUnitsPerSecond, grain: number, seconds: number): number {
  return rateCups > 0 ? Math.sqrt(grain / (rateCups * seconds)) : 0;
}
