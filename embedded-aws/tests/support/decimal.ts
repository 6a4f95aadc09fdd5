import fc from 'fast-check';

const STEPS = 1_000_000;

/**
 * A number from `min` to `max`, spread evenly. `fc.double` is even over all doubles that there are, and nearly all
 * between 0 and 1,000 are too small to matter: a property of sums held for any code at all.
 */
export function decimal(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: STEPS }).map((step) => min + ((max - min) * step) / STEPS);
}
