import * as z from 'zod';
import { tunable, tunableCount } from './tunable.ts';

/** What is otherwise where only CloudWatch's minutes are to be had: news minutes old, and of no key. */
export const minutesSchema = z.strictObject({
  silenceSeconds: tunable(
    210,
    0,
    3600,
    'A minute is this old before the next one can be there: on this path that much longer is no silence. Larger: blind later. Smaller: blind between two minutes.',
  ),
  toleranceSeconds: tunable(
    15,
    0,
    60,
    'A minute that lived so much of itself before a change still says what came of it. Larger: rounds a minute shorter more often, on mixed evidence. Smaller: the reverse.',
  ),
  bindingThrottledShare: tunable(
    0.01,
    0,
    1,
    'With more refusals than this a limit binds. Larger: shortages are seen late. Smaller: a plan that refuses one client counts.',
  ),
  bindingFillShare: tunable(
    0.97,
    0.5,
    1,
    'A limit binds where this share of it is admitted. Larger: shortages are missed where methods share it unevenly. Smaller: a plan that refuses one client counts.',
  ),
  guardFactor: tunable(
    1.15,
    1,
    10,
    'The guard over the highest healthy minute: nobody would see it fail for minutes. Larger: a surge hits harder before it is seen. Smaller: honest growth is throttled sooner.',
  ),
  roomFactor: tunable(
    1.12,
    1,
    3,
    'Most room at rest over what is asked for: with more, the room would be the guard. Larger: honest noise never hits the stage. Smaller: tighter.',
  ),
  drainSeconds: tunable(
    55,
    0,
    600,
    'How long a drain lasts: there is no news in between that could end it. Larger: longer, more refused. Smaller: the backlog lingers.',
  ),
  drainErrorSeconds: tunable(
    60,
    1,
    3600,
    'By how much the time that a backlog needs is misjudged. Larger: shallower drains. Smaller: deeper ones.',
  ),
  mostDrainShare: tunable(
    0.3,
    0,
    0.95,
    'Largest extra cut: what is seen of a backlog is minutes old. Larger: a long queue empties sooner, more refused. Smaller: the backlog lingers.',
  ),
  cutFloorShare: tunable(
    0.45,
    0.05,
    1,
    'A cut never goes below this share of the rate that proved bad: minutes of a full queue show less than the backend can. Larger: slow after a deep loss of capacity. Smaller: completions depressed by a collapse are trusted too much, and the way back is long.',
  ),
  farBeyondGuardFactor: tunable(
    1.1,
    1,
    10,
    'Where this many times the guard arrived and failed, the guard written meanwhile is the answer, not what a full queue completed. Larger: completions are trusted more. Smaller: the guard is.',
  ),
  plateauShare: tunable(
    0.9,
    0.1,
    1,
    'The way back goes freely to this share of a rate that proved healthy lately. Larger: more of it without looking. Smaller: small steps from lower down.',
  ),
  returnRounds: tunableCount(
    3,
    1,
    100,
    'In each round one part in so many of what is left of that way. Larger: slower back. Smaller: larger steps on old news.',
  ),
  firstReturnShare: tunable(
    0.2,
    0.001,
    1,
    'Largest such step, as a share of the total, until one has gone well. Larger: sooner back. Smaller: less lost where the capacity is not back.',
  ),
  smallStepShare: tunable(
    0.12,
    0.001,
    1,
    'Steps beyond, while latency shows the knee to be far. Larger: new capacity is found sooner, minutes of overload where it is not there. Smaller: the reverse.',
  ),
  leastRoomShare: tunable(
    0.5,
    0,
    1,
    'With less than this of the way to the knee left, no such step. Larger: stops sooner. Smaller: closer to capacity.',
  ),
  belowBadShare: tunable(
    0.95,
    0.5,
    1,
    'No such step beyond this share of a rate that failed lately. Larger: closer to it. Smaller: capacity idles.',
  ),
  worthShare: tunable(
    0.01,
    0,
    0.5,
    'A step of less than this share is not worth a write. Larger: fewer writes. Smaller: more.',
  ),
  shortageShare: tunable(
    0.1,
    0,
    1,
    'Fewer refusals than this are left to the stage: plans are cut for a shortage, not for a trifle. Larger: the stage, which is blind to tiers, bears more. Smaller: plans are cut for noise.',
  ),
  evenFactor: tunable(
    1,
    0.1,
    100,
    "At first a key gets this many times the even part of its tier's share. Larger: the tiers that matter most suffer longer. Smaller: those of less weight get less until the total proves not to be reached.",
  ),
  heldFillShare: tunable(
    0.9,
    0.1,
    1,
    'A method that fills less than this share of its stage limit is held by the plans. Larger: the split follows small differences. Smaller: part of the total stands idle.',
  ),
  reachedShare: tunable(
    0.93,
    0.1,
    1,
    'Below this part of the total the plans let through too little, and are raised. Larger: raised sooner, more writes. Smaller: capacity idles.',
  ),
  largestRaiseFactor: tunable(
    5,
    1,
    100,
    'Largest such raise in one round. Larger: fills the total sooner, may overshoot. Smaller: slower.',
  ),
});
