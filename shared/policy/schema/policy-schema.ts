import * as z from 'zod';
import defaultObjective from '../../platform/objective.json' with { type: 'json' };
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

/** The largest `sacrificeOrder` that a policy may state as a number. */
export const LARGEST_SACRIFICE_ORDER = 100;

function tierSchema(initial: TierDefaults) {
  return z.strictObject({
    weight: tunable(
      initial.weight,
      0.01,
      1000,
      'Weight of this tier when the total is divided in a shortage: between their floors and ceilings, a tier of weight 4 gets twice as much as a tier of weight 2. Larger: the tier gets a larger part. Smaller: the tier gets a smaller part.',
    ),
    floorShare: tunable(
      initial.floorShare,
      0,
      1,
      'Guaranteed share of the total for all keys of this tier together, as far as they ask for it; floors are met before weights count. Larger: the tier is better protected, and less is left for other tiers. Smaller: the tier can be cut further in a shortage.',
    ),
    ceilingShare: tunable(
      initial.ceilingShare,
      0.001,
      1,
      'Largest share of the total for all keys of this tier together while limits bind. Larger: the tier may use capacity that other tiers leave idle. Smaller: a surge of this tier is contained earlier.',
    ),
    sacrificeOrder: z
      .union([z.literal('never'), z.number().int().min(1).max(LARGEST_SACRIFICE_ORDER)])
      .default(initial.sacrificeOrder)
      .meta({
        description:
          'Order in which tiers give up their floors when the total cannot meet all floors: 1 gives way before 2, and "never" gives way after every number. Larger: this tier gives way later. Smaller: this tier gives way sooner.',
      }),
  });
}

const TIER_DEFAULTS = {
  premium: { weight: 4, floorShare: 0.4, ceilingShare: 1, sacrificeOrder: 3 },
  standard: { weight: 2, floorShare: 0.2, ceilingShare: 1, sacrificeOrder: 2 },
  basic: { weight: 1, floorShare: 0.05, ceilingShare: 1, sacrificeOrder: 1 },
  internal: { weight: 4, floorShare: 0.2, ceilingShare: 1, sacrificeOrder: 'never' },
} as const satisfies Record<string, TierDefaults>;

/** The schema of a tier without defaults of its own, including the tier `unknown`: the defaults of `basic` apply. */
export const otherTierSchema = tierSchema(TIER_DEFAULTS.basic);
const OTHER_TIER = otherTierSchema.parse({});
export type TierPolicy = z.infer<typeof otherTierSchema>;

const objectiveSchema = z.strictObject({
  latencyPercentile: tunable(
    defaultObjective.latencyPercentile,
    50,
    99.9,
    'Percentile of backend latency in a window that is compared with the latency objective. Larger: slow outliers count, and the reading is noisier. Smaller: the reading is steadier, and rising latency is noticed later.',
  ),
  latencyMs: tunable(
    defaultObjective.latencyMs,
    1,
    29_000,
    'Latency objective in milliseconds: the backend latency, at the percentile objective.latencyPercentile, that must not be exceeded. Larger: more queueing is tolerated before a cut. Smaller: limits are cut earlier.',
  ),
  errorShare: tunable(
    defaultObjective.errorShare,
    0.001,
    1,
    "Share of the backend's answers that may be server errors (5xx) before the backend counts as being in trouble. Larger: more errors are tolerated. Smaller: a few errors by chance cause a reaction.",
  ),
});

const cups = (description: string) => z.number().min(1).max(10_000_000).optional().meta({ description });

const capacitySchema = z.strictObject({
  floorCups: cups(
    'Cost units per second that the backend is known to sustain; the total is never cut below this rate. Leave the field out if the rate is unknown. Larger: the backend is not protected if it can sustain less. Smaller: deeper cuts are possible.',
  ),
  ceilingCups: cups(
    "Cost units per second that the total never exceeds, for example a contract's limit. Leave the field out for no ceiling. Larger: the law finds the backend's limit by itself. Smaller: capacity above the ceiling stays unused.",
  ),
});

const guardrailsSchema = z.strictObject({
  largestStepUpShare: tunable(
    0.5,
    0.01,
    4,
    'Largest raise of the total in one action, as a share of the total. Larger: recovery is faster, and a wrong raise does more harm. Smaller: recovery takes more steps.',
  ),
  largestStepDownShare: tunable(
    0.75,
    0.05,
    0.95,
    'Largest cut of the total in one action, as a share of the total. Larger: one cut answers a deep loss of capacity. Smaller: a deep loss takes several rounds, with overload meanwhile.',
  ),
  raiseCooldownSeconds: tunable(
    20,
    0,
    3600,
    'Minimum time in seconds between the last change of the total and the next raise. Larger: the total is steadier and recovers more slowly. Smaller: only the feedback round limits how often the total is raised.',
  ),
  unneededRaiseCooldownSeconds: tunable(
    90,
    0,
    3600,
    'Minimum time in seconds between the last change of the total and the next raise, used instead of raiseCooldownSeconds while the total already meets all believed demand. Larger: fewer probes for capacity that only retries or a runaway client would use. Smaller: unused capacity is found sooner.',
  ),
  stageChangesPerHour: tunableCount(
    120,
    1,
    3600,
    'Number of changes of the total within an hour after which raises stop; cuts are always allowed. Larger: the total can follow demand more often. Smaller: fewer stage writes, and the total stays low once the budget is spent.',
  ),
  reversalsPerHour: tunableCount(
    20,
    1,
    3600,
    'Number of changes of direction of the total (from raising to cutting or back) within an hour after which raises stop. Larger: oscillation is tolerated for longer. Smaller: raises stop after a few reversals.',
  ),
  ignoreChangeShare: tunable(
    0.03,
    0,
    0.5,
    "Relative change of a tier's limit below which its usage plan is not rewritten. Larger: fewer plan writes, and limits follow demand less precisely. Smaller: plan writes are spent on noise.",
  ),
  ignoreShiftShare: tunable(
    0.15,
    0,
    0.5,
    "Relative change of a method's stage limit below which the stage is not rewritten while the total stays the same. Larger: fewer stage writes, and the split between methods follows demand less precisely. Smaller: stage writes are spent on noise.",
  ),
  planWriteSeconds: tunable(
    20,
    20,
    3600,
    'Minimum time in seconds between two writes of usage plans; AWS allows one UpdateUsagePlan per 20 s and account. Larger: other users of the account keep part of the quota, and plans follow more slowly. Smaller: plans follow sooner; less than 20 s is impossible.',
  ),
  leastRateRps: tunable(
    0.1,
    0.1,
    1000,
    'Lower bound in requests per second for every limit that is written. Larger: every client keeps a usable rate. Smaller: deeper cuts are possible.',
  ),
});

const blindSchema = z.strictObject({
  afterSeconds: tunable(
    120,
    20,
    3600,
    'Age in seconds of the newest trustworthy window above which the law counts as blind and holds all limits. Larger: the law acts on older data. Smaller: a short delay of the access log makes the law blind.',
  ),
  fallbackAfterSeconds: tunable(
    900,
    60,
    86_400,
    'Time in seconds without trustworthy data after which blind.fallback is applied. Larger: limits stay as they are for longer. Smaller: the fallback is applied sooner.',
  ),
  fallback: z.enum(['stay', 'baseline', 'lower']).default('stay').meta({
    description:
      'What happens to limits after blind.fallbackAfterSeconds without trustworthy data. stay: limits stay as they are. baseline: limits return to their deployed baseline, which exposes a backend that is overloaded. lower: each limit becomes the lower of its present value and its baseline, which is safest for the backend.',
  }),
});

/** The policy of one governed API, one document in Parameter Store. `{ "api": "<id>/<stage>" }` is complete. */
export const policySchema = z.strictObject({
  api: z
    .string()
    .regex(/^[A-Za-z0-9]+\/[A-Za-z0-9_-]+$/)
    .meta({ description: 'Governed API stage, written as REST API id, slash, stage name. Example: "abc123/prod".' }),
  mode: z.enum(['shadow', 'advise', 'enforce']).default('shadow').meta({
    description:
      'How decisions are applied. shadow: decisions are only recorded. advise: operators are notified of decisions as well. enforce: limits are written to API Gateway.',
  }),
  objective: objectiveSchema
    .prefault({})
    .meta({ description: 'What counts as a healthy backend: latency and server errors per window.' }),
  capacity: capacitySchema.prefault({}).meta({
    description:
      'What is known of the capacity of the backend, in cost units per second (requests weighted by methodCost). Both fields are optional.',
  }),
  methodCost: z
    .record(z.string().regex(/^\/\S*\/(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY)$/), z.number().min(0.01).max(10_000))
    .default({})
    .meta({
      description:
        'Cost units of one request, by method as usage plans spell it; a method that is not listed costs 1. Example: { "/orders/POST": 4 } counts an order as four requests. Larger: the total admits fewer requests of the method. Smaller: the total admits more of them.',
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
  guardrails: guardrailsSchema.prefault({}).meta({
    description:
      'Bounds on how far, how fast and how often limits change. The total is the rate, in cost units per second, that the law admits in all.',
  }),
  tracker: trackerSchema.prefault({}).meta({
    description:
      'The search for the capacity of the backend. The total is the rate, in cost units per second, that the law admits in all.',
  }),
  guard: guardSchema
    .prefault({})
    .meta({ description: 'The standing guard: the stage limit at rest, sized from the highest healthy rate.' }),
  demand: demandSchema.prefault({}).meta({
    description: 'How the demand of keys and tiers is estimated, and how the limits of tiers follow from the estimate.',
  }),
  minutes: minutesSchema.prefault({}).meta({
    description:
      "Constants that apply while CloudWatch's minute metrics are the only source of data, because the access log is silent.",
  }),
  blind: blindSchema.prefault({}).meta({ description: 'What happens to limits when no trustworthy data arrive.' }),
  brakes: brakesSchema.prefault({}).meta({ description: 'Defaults for pause, pin and kill overrides.' }),
  rollback: rollbackSchema.prefault({}).meta({
    description: 'When a new policy version that violates the objective is rolled back to the version before.',
  }),
  trust: trustSchema
    .prefault({})
    .meta({ description: "How far the access log may differ from AWS's own minute counts and still be believed." }),
  drift: driftSchema.prefault({}).meta({
    description: 'What to do with a limit that somebody other than Tidegate changed, by who changed the limit.',
  }),
});

export type Policy = z.infer<typeof policySchema>;

/** The policy of one tier; a tier that the document does not name gets the defaults of `basic`. */
export function tierPolicyOf(policy: Policy, tier: string): TierPolicy {
  return own(policy.tiers, tier) ?? OTHER_TIER;
}
