import fc from 'fast-check';

const STEPS = 1_000_000;

/**
 * A number from `min` to `max`, uniformly distributed. `fc.double` is uniform over all doubles instead, nearly all of
 * which are tiny, so that a property of sums would hold for any code.
 */
export function decimal(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: STEPS }).map((step) => min + ((max - min) * step) / STEPS);
}
