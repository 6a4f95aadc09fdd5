import { limitOf } from '../../../shared/limits/limits.ts';
import type { CostUnitsPerSecond } from '../../../shared/platform/units.ts';
import type { LawContext } from '../bench-law.ts';
import { passingByMethod } from './bound-stage-limits.ts';
import type { ContractKey } from './known-demand.ts';
import { grainOf, loadableShare, unevenness } from './noise.ts';

/** A little work always waits, so that the backend never stands idle: so long, or what costs so much of the capacity. */
const MOST_SECONDS = 0.12;
const LOST_SHARE = 0.0125;
/** An excess of the queue goes within this time. */
const CORRECTION_SECONDS = 16;
/** From here on nothing is admitted until it will be gone: what joins such a queue is late anyway. */
const HARMFUL_SECONDS = 0.6;
const LEAST_SHARE = 0.05;
/** A stage limit is in force after so long, on average: the queue is taken as it will be then. */
const DEAD_SECONDS = 6;
/** Chance explains so many standard deviations of what was seen of the queue's growth, … */
const DEVIATIONS = 2;
/** … which is smoothed and so deviates by half as much as a single second does. */
const SMOOTHED = 0.5;
/**
 * A backend without a queue fails when it was given more than its capacity within about a second: chance needs room, so many
 * standard deviations of half that time.
 */
const QUEUELESS_AIM = 0.98;
const QUEUELESS_MOST = 1.03;
const QUEUELESS_DEVIATIONS = 1.5;

/** The share of its capacity that a backend without a queue can be given. */
export function queuelessShare(capacity: CostUnitsPerSecond, grain: number): number {
  return Math.min(QUEUELESS_AIM, QUEUELESS_MOST - QUEUELESS_DEVIATIONS * unevenness(capacity, grain, 2));
}

/**
 * What may be admitted: what the backend does, a little more or less to keep its queue at the target, and next to
 * nothing while the queue, as it will be when the stage's limit is in force, makes all answers late.
 */
export function stageTotal(
  context: LawContext,
  capacity: CostUnitsPerSecond,
  keys: readonly ContractKey[],
): CostUnitsPerSecond {
  const { knowledge } = context;
  const waits = knowledge.backlogCups() / capacity;
  const expected = Math.max(0, waits + DEAD_SECONDS * growthOf(context, capacity, keys));
  if (waits > HARMFUL_SECONDS && expected > HARMFUL_SECONDS) return LEAST_SHARE * capacity;
  if (knowledge.isQueueless) return queuelessShare(capacity, grainOf(keys)) * capacity;
  const target = Math.min(MOST_SECONDS, LOST_SHARE / Math.max(1e-3, knowledge.collapse));
  const least = Math.max(LEAST_SHARE, 1 - knowledge.collapse * waits - (expected - target) / CORRECTION_SECONDS);
  return capacity * least * Math.sqrt(loadableShare(capacity, grainOf(keys)));
}

/**
 * By how many seconds of work the queue grows in a second: as demand and the limits in force say, but no further from what
 * was seen of late than chance explains.
 */
function growthOf(
  { knowledge, baseline }: LawContext,
  capacity: CostUnitsPerSecond,
  keys: readonly ContractKey[],
): number {
  const seen = knowledge.backlogGrowth();
  const enforced = knowledge.enforced();
  if (!enforced) return seen;
  const passing = passingByMethod(keys, enforced.tiers, baseline.tiers);
  const admitted = Object.entries(passing).reduce((cups, [method, rps]) => {
    const limitRps = (limitOf(enforced.stage, method)?.rateRps ?? rps) * (1 + knowledge.slack);
    return cups + Math.min(rps, limitRps) * knowledge.costOf(method);
  }, 0);
  const meant = admitted / capacity - 1 + knowledge.collapse * (knowledge.backlogCups() / capacity);
  const chance = DEVIATIONS * unevenness(capacity, grainOf(keys), 1) * SMOOTHED;
  return Math.min(seen + chance, Math.max(seen - chance, meant));
}
