import * as z from 'zod';

/** A number with its default, its range and the description that editors and docs/policy.md show; the field's name states the unit. */
export function tunable(initial: number, least: number, most: number, description: string) {
  return z.number().min(least).max(most).default(initial).meta({ description });
}

/** A whole number with its default, its range and the description that editors and docs/policy.md show. */
export function tunableCount(initial: number, least: number, most: number, description: string) {
  return z.number().int().min(least).max(most).default(initial).meta({ description });
}
