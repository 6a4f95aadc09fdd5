import * as z from 'zod';
import { tunable, tunableCount } from './tunable.ts';

/** The standing guard: what the stage allows at rest. */
export const guardSchema = z.strictObject({
  confirmedFactor: tunable(
    1.3,
    1,
    10,
    'The stage stands at this factor over the highest healthy rate seen. Larger: a surge hits harder before it is seen. Smaller: honest growth is throttled sooner.',
  ),
  kneeRoomFactor: tunable(
    1.06,
    1,
    10,
    'The same where latency has risen to the knee, where capacity is close. Larger: a surge hits harder. Smaller: honest growth is throttled sooner.',
  ),
  confirmedMemorySeconds: tunable(
    86_400,
    600,
    2_592_000,
    'Half-life of that highest healthy rate. Larger: weekly peaks are remembered. Smaller: the guard follows the hour.',
  ),
  warmUpSeconds: tunable(
    30,
    0,
    86_400,
    'Healthy time before the guard is sized. Larger: longer unguarded after a start. Smaller: sized on little evidence.',
  ),
  leastBaselineShare: tunable(
    0.1,
    0.001,
    1,
    'The guard never stands below this share of the baseline stage rate. Larger: more room on quiet APIs, less guard. Smaller: quiet APIs may be throttled on waking.',
  ),
  lowerBelowShare: tunable(
    0.7,
    0.1,
    1,
    'The guard is lowered only to less than this share of what stands. Larger: follows closely, more writes. Smaller: fewer writes.',
  ),
  heldRoomFactor: tunable(
    1.1,
    1,
    2,
    'Room of minor methods over their part of the total while the plans hold it. Larger: their noise never hits the stage, the sum exceeds the total by more. Smaller: the reverse.',
  ),
  methodSlackFactor: tunable(
    1.2,
    1,
    3,
    'Room per method over what the plans let through, where they hold the total, and of minor methods over the guard at rest. Larger: honest noise never hits the stage, weaker backstop. Smaller: the reverse.',
  ),
  methodLeastShare: tunable(
    0.02,
    0,
    0.5,
    'Least share of the total that every method gets. Larger: quiet methods wake freely, the sum exceeds the total by more. Smaller: they may be throttled.',
  ),
  ownBucketShare: tunable(
    0.15,
    0.01,
    1,
    'From this share of cost on, a second method of equal cost gets a limit of its own. Larger: fewer overrides. Smaller: tighter sum.',
  ),
  burstShare: tunable(
    0.03,
    0.001,
    1,
    'Stage burst over rate, in seconds. Larger: a longer queue before the limit bites. Smaller: honest clumps are refused.',
  ),
  leastBurstRequests: tunableCount(
    25,
    1,
    1000,
    'Least stage burst: what an honest random stream at 80 % of its limit needs. Larger: small APIs let more through at once. Smaller: they refuse honest clumps.',
  ),
});

/** What demand is believed to be, and how tiers under control are treated. */
export const demandSchema = z.strictObject({
  halfLifeSeconds: tunable(
    20,
    1,
    600,
    'Half-life with which observed demand is smoothed; a distinct rise counts at once. Larger: steadier limits, later return to rest. Smaller: on/off traffic makes limits flap.',
  ),
  usualAttempts: tunableCount(
    3,
    1,
    6,
    'How often a client tries a request that is refused or fails, before anything was seen of it. Larger: storms are discounted more, real growth is believed less. Smaller: the reverse.',
  ),
  attemptsHalfLifeSeconds: tunable(
    120,
    10,
    3600,
    'Half-life of what was seen of how often clients try. Larger: steadier. Smaller: follows clients that change their ways.',
  ),
  planAimShare: tunable(
    0.98,
    0.5,
    1,
    'Part of the total that the plans are written for. Larger: more is served while demand is steady. Smaller: the stage, which is blind to tiers, binds less when demand grows.',
  ),
  fairFloorShare: tunable(
    0,
    0,
    1,
    'Part of its fair share below which no tier is cut, whatever another could make of it. Larger: a shortage is spread by weight, and clients served in part send again what was refused. Smaller: it is borne where it costs least, down to the floors.',
  ),
  worthShare: tunable(
    0.012,
    0,
    0.5,
    'Plans are rewritten when this part of all that could be served would be won. Larger: fewer writes, plans that fit less well. Smaller: limits follow noise.',
  ),
  restoreBelowShare: tunable(
    0.9,
    0.5,
    1,
    'Tiers return to their baseline when all they could send is below this share of the total. Larger: returns sooner, may flap. Smaller: returns later.',
  ),
  plansHoldShare: tunable(
    1.0,
    1,
    2,
    'The plans hold the total when what they let through is below this factor over it. Larger: trusts plans sooner. Smaller: the blind stage limit binds longer.',
  ),
  tierBurstSeconds: tunable(
    3,
    0.05,
    10,
    'Burst of a tier under control, in seconds of its rate. Larger: a hidden raise. Smaller: honest clumps are refused.',
  ),
  leastTierBurstRequests: tunableCount(
    5,
    1,
    1000,
    'Least burst of a tier under control. Larger: small keys may clump more. Smaller: honest clumps of small keys are refused.',
  ),
  trackedKeys: tunableCount(
    500,
    10,
    10_000,
    'Busiest keys whose demand is kept apart. Larger: exact at more keys, larger state. Smaller: the rest is treated as equals.',
  ),
});
