import * as z from 'zod';
import type { EpochMs } from '../../platform/units.ts';

/** API Gateway accepts fractional rates and whole bursts; zero is excluded because it would shut the API down. */
const limitSchema = z.strictObject({
  rateRps: z.number().min(0.1).max(1_000_000),
  burst: z.number().int().min(1).max(1_000_000),
});

/**
 * A pin is an exception: a value that is needed for longer than a week belongs in the policy or the template. Without this
 * bound, a typing error in the year would hold a limit for years.
 */
export const LONGEST_PIN_DAYS = 7;
export const DAY_MS = 86_400_000;
/** Largest difference between the operator's clock and Parameter Store's: AWS refuses calls beyond it. */
const CLOCK_SKEW_MS = 300_000;

/** The latest end of a pin that was stored at `putMs`, however late its `until` is. */
export function latestEndMs(putMs: EpochMs): EpochMs {
  return putMs + LONGEST_PIN_DAYS * DAY_MS + CLOCK_SKEW_MS;
}

const common = {
  /** The operator's reason, shown in decisions. */
  reason: z.string().min(1).max(200).optional(),
  /** Seconds in force after which an alarm rings; default: the policy's `brakes.nagAfterSeconds`. */
  nagAfterSeconds: z.number().min(60).max(604_800).optional(),
};

/** The schema of each action's document. `resume` ends an override, so no alarm ever rings for it. */
export const overrideSchemas = {
  pause: z.strictObject({ action: z.literal('pause'), ...common }),
  pin: z.strictObject({
    action: z.literal('pin'),
    until: z.iso
      .datetime({ offset: true })
      .describe(
        `Instant at which the pin ends, at most ${LONGEST_PIN_DAYS} days after the edit. Example: "2031-05-01T12:30:00Z".`,
      ),
    stage: limitSchema.optional(),
    tiers: z.record(z.string().min(1).max(64), limitSchema).optional(),
    aboveBaseline: z
      .boolean()
      .optional()
      .describe(
        'Whether a pinned limit may exceed its deployed baseline, the value that load tests and contracts were made for.',
      ),
    ...common,
  }),
  kill: z.strictObject({ action: z.literal('kill'), floor: limitSchema.optional(), ...common }),
  resume: z.strictObject({ action: z.literal('resume'), reason: common.reason }),
} as const;

/**
 * An operator's instruction that takes precedence over the law. `pause`: every limit stays as it is. `pin`: the named tiers
 * or the stage stay at a value until an instant. `kill`: the stage drops to its emergency floor. `resume`: the law decides
 * again.
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
