import * as z from 'zod';
import { tunable, tunableCount } from './tunable.ts';

/** The standing guard: the stage limit at rest. */
export const guardSchema = z.strictObject({
  confirmedFactor: tunable(
    1.3,
    1,
    10,
    'Standing guard (the stage limit at rest) as a multiple of the highest healthy rate seen, while latency is at its healthy mean. Larger: a surge reaches the backend at a higher rate before it is noticed. Smaller: honest growth is throttled sooner.',
  ),
  kneeRoomFactor: tunable(
    1.06,
    1,
    10,
    'Standing guard (the stage limit at rest) as a multiple of the highest healthy rate seen, when latency has risen to the knee and capacity is close. Larger: a surge reaches the backend at a higher rate. Smaller: honest growth is throttled sooner.',
  ),
  confirmedMemorySeconds: tunable(
    86_400,
    600,
    2_592_000,
    'Half-life in seconds of the remembered highest healthy rate, from which the guard is sized. Larger: weekly peaks are remembered. Smaller: the guard follows the last hours.',
  ),
  warmUpSeconds: tunable(
    30,
    0,
    86_400,
    'Healthy time in seconds that must be observed before the guard is sized. Larger: the stage stays unguarded for longer after a start. Smaller: the guard is sized on little evidence.',
  ),
  leastBaselineShare: tunable(
    0.5,
    0.001,
    1,
    'Lower bound of the guard, as a share of the deployed stage rate counted as cost units per second. Larger: a quiet API has more room and less protection. Smaller: a quiet API may be throttled when its traffic returns.',
  ),
  lowerBelowShare: tunable(
    0.7,
    0.1,
    1,
    'The guard is lowered only when the wanted value is below this share of the present one. Larger: the guard follows demand closely, with more writes. Smaller: the guard is lowered less often, with fewer writes.',
  ),
  heldRoomFactor: tunable(
    1.1,
    1,
    2,
    'Stage limit of a minor method (less than half of the cost) as a multiple of its part of the total, while usage plans hold the total. Larger: noise of minor methods never meets the stage, and the limits together exceed the total by more. Smaller: the limits together stay closer to the total, and noise of minor methods is throttled.',
  ),
  methodSlackFactor: tunable(
    1.2,
    1,
    3,
    'Room at rest: the stage limits together as a multiple of expected demand, and the limit of a minor method (less than half of the cost) as a multiple of its part of the guard. Larger: ordinary noise never meets the stage, which protects less. Smaller: the stage protects more, and ordinary noise is throttled.',
  ),
  methodLeastShare: tunable(
    0.02,
    0,
    0.5,
    'Smallest share of the total that every method gets on the stage. Larger: a quiet method can resume freely, and the limits together exceed the total by more. Smaller: a quiet method may be throttled when it resumes.',
  ),
  ownBucketShare: tunable(
    0.15,
    0.01,
    1,
    'Share of the expected cost from which a method counts as busy; where two or more methods are busy, each gets a stage limit of its own. Larger: fewer limits per method exist. Smaller: more limits per method exist, and together they stay closer to the total.',
  ),
  burstShare: tunable(
    0.03,
    0.001,
    1,
    'Burst of a stage limit in seconds of its rate: burst = rate × this value, and at least leastBurstRequests. Larger: a longer queue can form before the limit takes effect. Smaller: honest clusters of requests are refused.',
  ),
  leastBurstRequests: tunableCount(
    25,
    1,
    1000,
    'Smallest burst of a stage limit in requests; a random stream at 80 % of its limit needs about 25. Larger: a small API lets more requests through at once. Smaller: a small API refuses honest clusters of requests.',
  ),
  demandRoomFactor: tunable(
    1.1,
    1,
    3,
    "The guard is moved when a method's demand times this factor exceeds its stage limit. Larger: the guard moves sooner, with more writes. Smaller: ordinary noise meets the guard before the guard moves.",
  ),
  kneeHeadroomShare: tunable(
    0.5,
    0,
    1,
    'Latency headroom (1 at the healthy mean, 0 at the knee) below which the guard is not raised. Larger: the guard stops rising earlier. Smaller: the guard rises until close to capacity.',
  ),
  lowerAtKneeShare: tunable(
    0.93,
    0.1,
    1,
    'While latency headroom is below kneeHeadroomShare, the guard is lowered when the wanted value is below this share of the present one. Larger: the guard follows closely, with more writes. Smaller: a guard learned in better times stays in force.',
  ),
  calmThrottledShare: tunable(
    0.01,
    0,
    1,
    "Largest share of throttled requests at which a window's admitted rate still counts as proof of a healthy rate. Larger: requests that a limit admits during a surge count as proof, and the guard creeps up. Smaller: a few refusals by a plan prevent the guard from learning.",
  ),
});

/** How demand is estimated, and how the limits of tiers follow from the estimate. */
export const demandSchema = z.strictObject({
  halfLifeSeconds: tunable(
    20,
    1,
    600,
    'Half-life in seconds with which the observed demand of a key is smoothed; a distinct rise counts at once. Larger: limits are steadier and return to rest later. Smaller: on/off traffic makes limits oscillate.',
  ),
  usualAttempts: tunableCount(
    3,
    1,
    6,
    'Number of attempts that a client is assumed to make for a request that is refused or fails, until observations show another number. Larger: retry storms are discounted more, and real growth is believed less. Smaller: real growth is believed more, and retry storms look like demand.',
  ),
  attemptsHalfLifeSeconds: tunable(
    120,
    10,
    3600,
    'Half-life in seconds of the observations from which the number of attempts per request is estimated. Larger: the estimate is steadier. Smaller: the estimate follows clients that change their retry behaviour.',
  ),
  planAimShare: tunable(
    0.98,
    0.5,
    1,
    'Share of the total that usage plans are written for. Larger: more is served while demand is steady. Smaller: the stage, which cannot tell tiers apart, throttles less when demand grows.',
  ),
  usualHalfLifeSeconds: tunable(
    600,
    10,
    86_400,
    'Half-life in seconds of the usual demand of a tier, learned while nothing is throttled; in a shortage the tiers of the greatest weight keep their usual demand. Larger: the usual demand is steadier and follows daily changes slowly. Smaller: slow growth of a runaway client soon counts as usual.',
  ),
  fairFloorShare: tunable(
    0,
    0,
    1,
    'Part of its fair share, by weight, below which no tier is cut for the benefit of another tier. Larger: a shortage is spread by weight, and clients served in part retry what was refused. Smaller: a shortage falls on the tiers where it costs least, down to their floors.',
  ),
  worthShare: tunable(
    0.012,
    0,
    0.5,
    'Gain, as a share of the value of all demand that could be served, from which usage plans are rewritten. Larger: fewer plan writes, and plans that fit demand less well. Smaller: plans follow noise.',
  ),
  restoreBelowShare: tunable(
    0.9,
    0.5,
    1,
    'Share of the total below which all demand within the baselines must fall before tiers return to their baselines. Larger: tiers return sooner, and limits may oscillate. Smaller: tiers return later.',
  ),
  plansHoldShare: tunable(
    1.0,
    1,
    2,
    'Usage plans count as holding the total when the demand that they let through is at most this factor times the total. Larger: plans are trusted sooner to hold the total. Smaller: the stage limit, which cannot tell tiers apart, throttles for longer.',
  ),
  tierBurstSeconds: tunable(
    3,
    0.05,
    10,
    "Burst of a tier's limit in seconds of its rate, while the tier is below its baseline. Larger: each key can exceed its rate for longer. Smaller: honest clusters of requests are refused.",
  ),
  leastTierBurstRequests: tunableCount(
    5,
    1,
    1000,
    "Smallest burst in requests of a tier's limit while the tier is below its baseline. Larger: keys with low rates may send larger clusters of requests. Smaller: honest clusters of keys with low rates are refused.",
  ),
  trackedKeys: tunableCount(
    500,
    10,
    10_000,
    'Number of busiest keys whose demand is tracked individually; all other keys of a tier count as equal to each other. Larger: demand is exact for more keys, and the stored state grows. Smaller: more keys are treated as equal.',
  ),
  jumpDeviations: tunable(
    2.5,
    0,
    10,
    "Number of standard deviations of a random count beyond which a rise of a key's demand is believed at once and not smoothed. Larger: surges are noticed a window later. Smaller: chance rises add up over many keys.",
  ),
  lumpFactor: tunable(
    1.5,
    1,
    10,
    'A remembered key that a window does not list has gone quiet if its demand exceeds the mean of the unlisted keys by this factor; otherwise the key is counted among the unlisted ones. Larger: more remembered keys are dropped at once. Smaller: more keys are counted twice for a while.',
  ),
  attemptsLostShare: tunable(
    0.05,
    0,
    1,
    'Share of lost (throttled or failed) requests that a window must exceed to teach how often clients retry. Larger: fewer and more reliable observations. Smaller: noise is taken for retries.',
  ),
  attemptsPriorVariance: tunable(
    0.01,
    0,
    10,
    'Preference for usualAttempts when the number of attempts is estimated: the penalty, as a variance of the logarithm of the wanted rate, for an estimate that differs from usualAttempts by one. Larger: the estimate stays at usualAttempts. Smaller: the estimate follows observations.',
  ),
  filledShare: tunable(
    0.94,
    0,
    1,
    'Share of the total below which usage plans admit too little; unfilledWorthShare then lowers the gain that a plan write must bring. Larger: more plan writes are made to fill the total. Smaller: capacity stays unused.',
  ),
  unfilledWorthShare: tunable(
    0.1,
    0,
    1,
    'Multiplier on worthShare while usage plans admit less than filledShare of the total. Larger: fewer plan writes. Smaller: more plan writes are made to fill the total.',
  ),
  leastFillFactor: tunable(
    0.7,
    0.1,
    1,
    "Lower bound on the learned fill ratio of a tier, which is the rate that its limit really admits over the rate that its keys' mean rates predict. Larger: limits stay closer to the prediction. Smaller: tiers whose requests come in clusters get more room.",
  ),
  mostFillFactor: tunable(
    1.05,
    1,
    3,
    "Upper bound on the learned fill ratio of a tier, which is the rate that its limit really admits over the rate that its keys' mean rates predict. Larger: tiers of many keys that exceed the prediction are limited more exactly. Smaller: one unusual window changes a limit less.",
  ),
  fillGainShare: tunable(
    0.35,
    0.01,
    1,
    'Weight of the newest window in the learned fill ratio of a tier (the rate really admitted over the rate predicted from its keys). Larger: the ratio adapts sooner and is noisier. Smaller: the ratio is steadier.',
  ),
  stageFreeShare: tunable(
    0.97,
    0.5,
    1,
    'Share of the total above which admitted requests show that the stage throttles too, so that the window teaches nothing about the fill ratio of tiers. Larger: more windows are used, some of them distorted by the stage. Smaller: fewer windows are used.',
  ),
});
