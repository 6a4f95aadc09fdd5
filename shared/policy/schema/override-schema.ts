import * as z from 'zod';
import type { EpochMs } from '../../platform/units.ts';

/** API Gateway takes rates as fractions and bursts as whole numbers; zero would be an outage by another name. */
const limitSchema = z.strictObject({
  rateRps: z.number().min(0.1).max(1_000_000),
  burst: z.number().int().min(1).max(1_000_000),
});

/**
 * A pin is an exception: after a week what it holds belongs into the policy or the template. A typing error in the year
 * would otherwise hold a limit for as long as anybody can think.
 */
export const LONGEST_PIN_DAYS = 7;
export const DAY_MS = 86_400_000;
/** The clock of whoever reckons `until` and Parameter Store's may differ by this: AWS refuses a call beyond it. */
const CLOCK_SKEW_MS = 300_000;

/** When a pin that was put at an instant ends at the latest, however late its `until` is. */
export function latestEndMs(putMs: EpochMs): EpochMs {
  return putMs + LONGEST_PIN_DAYS * DAY_MS + CLOCK_SKEW_MS;
}

const common = {
  /** Why, for whoever reads the decision. */
  reason: z.string().min(1).max(200).optional(),
  /** After so long in force the override rings; absent: the policy's `brakes.nagAfterSeconds`. */
  nagAfterSeconds: z.number().min(60).max(604_800).optional(),
};

/** What each action's document may hold. `resume` is no brake: it never rings. */
export const overrideSchemas = {
  pause: z.strictObject({ action: z.literal('pause'), ...common }),
  pin: z.strictObject({
    action: z.literal('pin'),
    until: z.iso
      .datetime({ offset: true })
      .describe(`When the pin ends by itself: at most ${LONGEST_PIN_DAYS} days after the edit.`),
    stage: limitSchema.optional(),
    tiers: z.record(z.string().min(1).max(64), limitSchema).optional(),
    aboveBaseline: z
      .boolean()
      .optional()
      .describe(
        'Whether a limit may be above its deployed baseline, which is what load tests and contracts stand for.',
      ),
    ...common,
  }),
  kill: z.strictObject({ action: z.literal('kill'), floor: limitSchema.optional(), ...common }),
  resume: z.strictObject({ action: z.literal('resume'), reason: common.reason }),
} as const;

/**
 * What an operator wants instead of what the law wants. `pause`: every limit stays as it is. `pin`: tiers, or the stage
 * with everything else, stay at a value until an instant. `kill`: the stage drops to its emergency floor. `resume`: back
 * to the law.
 */
export type Override =
  | z.infer<typeof overrideSchemas.pause>
  | z.infer<typeof overrideSchemas.pin>
  | z.infer<typeof overrideSchemas.kill>
  | z.infer<typeof overrideSchemas.resume>;

export type OverrideAction = Override['action'];
export type Pin = z.infer<typeof overrideSchemas.pin>;
export type Kill = z.infer<typeof overrideSchemas.kill>;

export const actionSchema = z.looseObject({ action: z.enum(['pause', 'pin', 'kill', 'resume']) });
