import * as z from 'zod';
import { tunable, tunableCount } from './tunable.ts';

/** Constants that apply while CloudWatch's minute metrics are the only source: data are minutes old and show no keys. */
export const minutesSchema = z.strictObject({
  silenceSeconds: tunable(
    210,
    0,
    3600,
    'Time in seconds added to blind.afterSeconds while minute metrics are the only source, because a minute of CloudWatch reaches this age before the next one appears. Larger: missing data are noticed later. Smaller: the law counts as blind between two minutes.',
  ),
  toleranceSeconds: tunable(
    15,
    0,
    60,
    'Time in seconds by which a minute may begin before a change takes effect and still count as evidence about the change. Larger: feedback rounds are more often a minute shorter, on mixed evidence. Smaller: evidence is cleaner, and a round may take a minute longer.',
  ),
  bindingThrottledShare: tunable(
    0.01,
    0,
    1,
    'Share of throttled requests in a minute above which limits may count as binding. Larger: shortages are noticed later. Smaller: one client that its plan refuses looks like a shortage.',
  ),
  bindingFillShare: tunable(
    0.97,
    0.5,
    1,
    'Share of the total that must be admitted in a minute for the total to count as binding. Larger: shortages are missed where methods use their limits unevenly. Smaller: one client that its plan refuses looks like a shortage.',
  ),
  guardFactor: tunable(
    1.15,
    1,
    10,
    'Standing guard (the stage limit at rest) as a multiple of the highest healthy rate, while minute metrics are the only source and trouble shows minutes late. Larger: a surge reaches the backend at a higher rate. Smaller: honest growth is throttled sooner.',
  ),
  roomFactor: tunable(
    1.12,
    1,
    3,
    'Upper bound on the stage limit at rest as a multiple of the expected demand, while minute metrics are the only source. Larger: ordinary noise never meets the stage limit. Smaller: the stage limit follows demand more closely.',
  ),
  drainSeconds: tunable(
    55,
    0,
    600,
    'Duration in seconds of a drain (the extra cut that empties a backlog) while minute metrics are the only source, because no newer data could end the drain earlier. Larger: the drain lasts longer and refuses more. Smaller: part of the backlog remains.',
  ),
  drainErrorSeconds: tunable(
    60,
    1,
    3600,
    'Assumed error in seconds of the estimated time that a backlog takes to drain, while minute metrics are the only source; the depth of the drain is the square root of backlog over error. Larger: drains are shallower. Smaller: drains are deeper.',
  ),
  mostDrainShare: tunable(
    0.3,
    0,
    0.95,
    'Largest depth of a drain while minute metrics are the only source, as a share of the known good rate, because the backlog is seen minutes late. Larger: a long backlog empties sooner, and more is refused. Smaller: the backlog empties more slowly.',
  ),
  cutFloorShare: tunable(
    0.45,
    0.05,
    1,
    'Lower bound of a cut while minute metrics are the only source, as a share of the rate that proved too high, because a backend with a full queue completes less than its capacity. Larger: the answer to a deep loss of capacity takes more cuts. Smaller: completions depressed by a collapse are trusted too much, and recovery is long.',
  ),
  farBeyondGuardFactor: tunable(
    1.1,
    1,
    10,
    'Multiple of the present guard above which a rate that failed is far beyond it; capacity is then estimated as at least the guard, not as what the overloaded backend completed. Larger: completions decide more often. Smaller: the guard decides more often.',
  ),
  plateauShare: tunable(
    0.9,
    0.1,
    1,
    'Share of the highest rate proven lately to which the total returns freely after a cut, while minute metrics are the only source. Larger: more of the return relies on the past. Smaller: careful small steps begin at a lower rate.',
  ),
  returnRounds: tunableCount(
    3,
    1,
    100,
    'Divisor of a raise during the return after a cut, while minute metrics are the only source: each round raises the total by one part in this number of the distance that is left. Larger: the return is slower. Smaller: larger steps are taken on old data.',
  ),
  firstReturnShare: tunable(
    0.2,
    0.001,
    1,
    'Cap on the first raise of the return after a cut, as a share of the total, while minute metrics are the only source; the cap grows after each raise that succeeds. Larger: recovery is sooner. Smaller: less is lost where capacity has not come back.',
  ),
  smallStepShare: tunable(
    0.12,
    0.001,
    1,
    'Largest raise beyond the return target, as a share of the total, while minute metrics are the only source and latency shows no sign of saturation. Larger: new capacity is found sooner, and a failed step costs minutes of overload. Smaller: new capacity is found later, at less risk.',
  ),
  leastRoomShare: tunable(
    0.5,
    0,
    1,
    'Latency headroom (1 at the healthy mean, 0 at the knee) below which the total is not raised beyond the return target, while minute metrics are the only source. Larger: raises stop further from capacity. Smaller: raises go on closer to capacity.',
  ),
  belowBadShare: tunable(
    0.95,
    0.5,
    1,
    'Share of a rate that failed lately which raises beyond the return target do not exceed, while minute metrics are the only source. Larger: the total comes closer to the failed rate. Smaller: capacity stays unused.',
  ),
  worthShare: tunable(
    0.01,
    0,
    0.5,
    'Relative raise of the total below which the total is not raised, while minute metrics are the only source. Larger: fewer writes, and the total stops further below its target. Smaller: more writes for small raises.',
  ),
  shortageShare: tunable(
    0.1,
    0,
    1,
    'Share of throttled requests below which usage plans are left alone and the stage alone throttles, while minute metrics are the only source. Larger: the stage, which cannot tell tiers apart, bears larger shortages. Smaller: plans are cut because of noise.',
  ),
  evenFactor: tunable(
    1,
    0.1,
    100,
    "First limit per key in a shortage, as a multiple of the tier's weighted share divided evenly among its keys, while minute metrics are the only source. Larger: tiers of the highest weight compete longer with the others. Smaller: tiers of less weight get less until the total is seen not to be reached.",
  ),
  heldFillShare: tunable(
    0.9,
    0.1,
    1,
    'Share of its stage limit below which a method counts as limited by usage plans and not by the stage, while minute metrics are the only source. Larger: the split between methods follows small differences. Smaller: part of the total stays unused.',
  ),
  reachedShare: tunable(
    0.93,
    0.1,
    1,
    'Share of the total that must be admitted after usage plans were cut; below it the plan limits are raised, while minute metrics are the only source. Larger: limits are raised sooner, with more writes. Smaller: capacity stays unused.',
  ),
  largestRaiseFactor: tunable(
    5,
    1,
    100,
    'Largest factor by which plan limits are raised in one round because they admit less than the total, while minute metrics are the only source. Larger: the total is filled sooner and may be overshot. Smaller: the total is filled in more rounds.',
  ),
});
