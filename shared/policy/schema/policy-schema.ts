import * as z from 'zod';
import { own } from '../../platform/records.ts';
import { brakesSchema, rollbackSchema } from './brakes-schema.ts';
import { driftSchema } from './drift-schema.ts';
import { minutesSchema } from './minutes-schema.ts';
import { demandSchema, guardSchema } from './standing-schema.ts';
import { trackerSchema } from './tracker-schema.ts';
import { trustSchema } from './trust-schema.ts';
import { tunable, tunableCount } from './tunable.ts';

interface TierDefaults {
  readonly weight: number;
  readonly floorShare: number;
  readonly ceilingShare: number;
  readonly sacrificeOrder: number | 'never';
}

/** The last order that a policy can state. */
export const LARGEST_SACRIFICE_ORDER = 100;

function tierSchema(initial: TierDefaults) {
  return z.strictObject({
    weight: tunable(
      initial.weight,
      0.01,
      1000,
      'Claim on what is left once floors are met. Larger: a larger part in a shortage. Smaller: a smaller one.',
    ),
    floorShare: tunable(
      initial.floorShare,
      0,
      1,
      'Share of the total that this tier gets if it asks for it, all its keys together. Larger: better protected, also against others in need. Smaller: less.',
    ),
    ceilingShare: tunable(
      initial.ceilingShare,
      0.001,
      1,
      'Share of the total that this tier never exceeds while limits bind. Larger: may use what others leave. Smaller: bounded surges.',
    ),
    sacrificeOrder: z
      .union([z.literal('never'), z.number().int().min(1).max(LARGEST_SACRIFICE_ORDER)])
      .default(initial.sacrificeOrder)
      .meta({
        description:
          'Whose floor gives way first in a shortage: 1 before 2; "never": after all others. Larger: later. Smaller: sooner.',
      }),
  });
}

const TIER_DEFAULTS = {
  premium: { weight: 4, floorShare: 0.4, ceilingShare: 1, sacrificeOrder: 3 },
  standard: { weight: 2, floorShare: 0.2, ceilingShare: 1, sacrificeOrder: 2 },
  basic: { weight: 1, floorShare: 0.05, ceilingShare: 1, sacrificeOrder: 1 },
  internal: { weight: 4, floorShare: 0.2, ceilingShare: 1, sacrificeOrder: 'never' },
} as const satisfies Record<string, TierDefaults>;

/** What holds for a tier that the policy does not name, the tier `unknown` included: treated as the least of ours. */
export const otherTierSchema = tierSchema(TIER_DEFAULTS.basic);
const OTHER_TIER = otherTierSchema.parse({});
export type TierPolicy = z.infer<typeof otherTierSchema>;

const objectiveSchema = z.strictObject({
  latencyPercentile: tunable(
    90,
    50,
    99.9,
    'Percentile of backend latency that is judged, per window. Larger: sees the tail, noisier. Smaller: steadier, later.',
  ),
  latencyMs: tunable(500, 1, 29_000, 'Bound of that latency. Larger: more queueing allowed. Smaller: earlier cuts.'),
  errorShare: tunable(
    0.05,
    0.001,
    1,
    'Share of server errors among answers of the backend that counts as trouble. Larger: more tolerant. Smaller: reacts to noise.',
  ),
});

const cups = (description: string) => z.number().min(1).max(10_000_000).optional().meta({ description });

const capacitySchema = z.strictObject({
  floorCups: cups(
    'Cost units per second the backend is known to bear: the total is never cut below. Larger: blind trust. Smaller: more room to cut. Absent: unknown.',
  ),
  ceilingCups: cups(
    'Cost units per second that the total never exceeds. Larger: the law finds the limit itself. Smaller: a hard bound. Absent: none.',
  ),
});

const guardrailsSchema = z.strictObject({
  largestStepUpShare: tunable(
    0.5,
    0.01,
    4,
    'Largest raise of the total in one action. Larger: faster return, larger mistakes. Smaller: slower.',
  ),
  largestStepDownShare: tunable(
    0.75,
    0.05,
    0.95,
    'Largest cut of the total in one action. Larger: one cut meets a deep loss. Smaller: several rounds of overload.',
  ),
  raiseCooldownSeconds: tunable(
    20,
    0,
    3600,
    'Least time between two raises of the total. Larger: steadier, slower. Smaller: bounded by the feedback round alone.',
  ),
  unneededRaiseCooldownSeconds: tunable(
    90,
    0,
    3600,
    'The same while all believed demand is met and only a runaway client or retries would gain. Larger: fewer probes that nobody needs. Smaller: leftover capacity is found sooner.',
  ),
  stageChangesPerHour: tunableCount(
    120,
    1,
    3600,
    'Budget of changes to the stage in an hour; cuts are exempt. Larger: freer. Smaller: fewer writes, frozen when spent.',
  ),
  reversalsPerHour: tunableCount(
    20,
    1,
    3600,
    'Changes of direction in an hour after which probing stops. Larger: tolerates swings. Smaller: stops sooner.',
  ),
  ignoreChangeShare: tunable(
    0.03,
    0,
    0.5,
    'A change of a tier limit below this share is not made. Larger: fewer writes, coarser. Smaller: writes on noise.',
  ),
  ignoreShiftShare: tunable(
    0.15,
    0,
    0.5,
    'While the total stands, a shift between methods or tiers below this share is not made. Larger: fewer writes. Smaller: writes on noise.',
  ),
  planWriteSeconds: tunable(
    20,
    20,
    3600,
    'Least time between two plan writes; AWS allows one per 20 s and account. Larger: leaves room for others. Smaller: not possible.',
  ),
  leastRateRps: tunable(
    0.1,
    0.1,
    1000,
    'No limit goes below this rate. Larger: nobody is shut out. Smaller: deeper cuts possible.',
  ),
});

const blindSchema = z.strictObject({
  afterSeconds: tunable(
    120,
    20,
    3600,
    'Age of the last window after which the law is blind and holds. Larger: trusts old news. Smaller: blind on every hiccup of the log.',
  ),
  fallbackAfterSeconds: tunable(
    900,
    60,
    86_400,
    'Blind time after which the fallback is taken. Larger: limits hold longer. Smaller: falls back sooner.',
  ),
  fallback: z.enum(['stay', 'baseline', 'lower']).default('stay').meta({
    description:
      'What then: stay as it is, return to the baseline, or the lower of both. baseline: larger limits, an overloaded backend is exposed. lower: smaller limits, safest for the backend.',
  }),
});

/** The policy of one governed API, one document in Parameter Store. `{ "api": "<id>/<stage>" }` is complete. */
export const policySchema = z.strictObject({
  api: z
    .string()
    .regex(/^[A-Za-z0-9]+\/[A-Za-z0-9_-]+$/)
    .meta({ description: 'The governed API: REST API id, slash, stage name.' }),
  mode: z
    .enum(['shadow', 'advise', 'enforce'])
    .default('shadow')
    .meta({ description: 'shadow: decide and record. advise: also notify. enforce: write limits.' }),
  objective: objectiveSchema.prefault({}),
  capacity: capacitySchema.prefault({}),
  methodCost: z
    .record(z.string().regex(/^\/\S*\/(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY)$/), z.number().min(0.01).max(10_000))
    .default({})
    .meta({
      description:
        'Cost units of one request, by method as plans spell it (/orders/POST); 1 where absent. Larger: that method gets fewer requests of the same total. Smaller: more.',
    }),
  tiers: z
    .object({
      premium: tierSchema(TIER_DEFAULTS.premium).prefault({}),
      standard: tierSchema(TIER_DEFAULTS.standard).prefault({}),
      basic: tierSchema(TIER_DEFAULTS.basic).prefault({}),
      internal: tierSchema(TIER_DEFAULTS.internal).prefault({}),
    })
    .catchall(otherTierSchema)
    .prefault({}),
  guardrails: guardrailsSchema.prefault({}),
  tracker: trackerSchema.prefault({}),
  guard: guardSchema.prefault({}),
  demand: demandSchema.prefault({}),
  minutes: minutesSchema.prefault({}),
  blind: blindSchema.prefault({}),
  brakes: brakesSchema.prefault({}),
  rollback: rollbackSchema.prefault({}),
  trust: trustSchema.prefault({}),
  drift: driftSchema.prefault({}),
});

export type Policy = z.infer<typeof policySchema>;

/** The policy's word on a tier; a tier it does not name is treated as the least of ours. */
export function tierPolicyOf(policy: Policy, tier: string): TierPolicy {
  return own(policy.tiers, tier) ?? OTHER_TIER;
}
