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
    0.5,
    0.001,
    1,
    'The guard never stands below this share of the baseline stage rate, taken as cost units. Larger: more room on quiet APIs, less guard. Smaller: quiet APIs may be throttled on waking.',
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
  demandRoomFactor: tunable(
    1.1,
    1,
    3,
    'The guard is moved when demand, times this, exceeds it. Larger: sooner, more writes. Smaller: honest noise meets the guard first.',
  ),
  kneeHeadroomShare: tunable(
    0.5,
    0,
    1,
    'With less than this of the way to the knee left, the guard is not raised. Larger: it stops rising sooner. Smaller: it rises close to capacity.',
  ),
  lowerAtKneeShare: tunable(
    0.93,
    0.1,
    1,
    'There it is lowered to less than this share of what stands. Larger: follows closely, more writes. Smaller: a guard that was learned in better times stands.',
  ),
  calmThrottledShare: tunable(
    0.01,
    0,
    1,
    'What a window admits is proof for the guard when no more than this was refused. Larger: what a limit lets through of a surge counts, and the guard creeps up. Smaller: a few refusals by a plan keep it from learning.',
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
  usualHalfLifeSeconds: tunable(
    600,
    10,
    86_400,
    'Half-life of what a tier is known to ask for while there is enough for all: the tiers of the greatest weight keep that much in a shortage, however small their share. Larger: steadier, slow to follow a day. Smaller: slow growth of a runaway client passes for usual sooner.',
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
  jumpDeviations: tunable(
    2.5,
    0,
    10,
    'A rise of a key beyond so many standard deviations of a random count is believed at once. Larger: surges are seen a window later. Smaller: chance adds up over many keys.',
  ),
  lumpFactor: tunable(
    1.5,
    1,
    10,
    'A remembered key this much busier than the mean of the unlisted ones has gone quiet; a smaller one is among them. Larger: keys that went quiet are forgotten sooner. Smaller: keys are counted twice for a while.',
  ),
  attemptsLostShare: tunable(
    0.05,
    0,
    1,
    'Windows with fewer losses tell nothing of retries. Larger: fewer, surer lessons. Smaller: noise is taken for retries.',
  ),
  attemptsPriorVariance: tunable(
    0.01,
    0,
    10,
    'A variance of the logarithm of the wanted rate that speaks as loudly against a number of attempts as being one off the usual. Larger: the usual number stands. Smaller: follows what was seen.',
  ),
  filledShare: tunable(
    0.94,
    0,
    1,
    'Below this part of the total the plans let through too little, and what mends it is worth a write for less. Larger: more writes that fill the total. Smaller: capacity idles.',
  ),
  unfilledWorthShare: tunable(
    0.1,
    0,
    1,
    'For so much less: this part of worthShare. Larger: fewer writes. Smaller: more writes that fill the total.',
  ),
  leastFillFactor: tunable(
    0.7,
    0.1,
    1,
    "Least believed of what a limit passes over what its keys' mean rates say. Larger: levels stay closer to the means. Smaller: clumpy tiers get more room.",
  ),
  mostFillFactor: tunable(
    1.05,
    1,
    3,
    'Most believed of the same. Larger: tiers of many keys, which pass more than their means say, are held better. Smaller: one odd window moves a level less.',
  ),
  fillGainShare: tunable(
    0.35,
    0.01,
    1,
    'Weight of the newest window in that ratio. Larger: learns sooner, noisier. Smaller: steadier.',
  ),
  stageFreeShare: tunable(
    0.97,
    0.5,
    1,
    'Where more than this of the total passes, the stage refuses some of it, and nothing is learned of what limits pass. Larger: more lessons, some of them of the stage. Smaller: fewer.',
  ),
});
