import * as z from 'zod';

/** A number with default, range and the sentence that the documentation prints; the unit stands in the field's name. */
export function tunable(initial: number, least: number, most: number, description: string) {
  return z.number().min(least).max(most).default(initial).meta({ description });
}

/** As `tunable`, whole numbers only. */
export function tunableCount(initial: number, least: number, most: number, description: string) {
  return z.number().int().min(least).max(most).default(initial).meta({ description });
}
