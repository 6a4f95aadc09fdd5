import type { CostUnitsPerSecond } from '../../../shared/platform/units.ts';
import type { Knowledge } from '../knowledge.ts';

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
/** A backend without a queue fails when it has more than its capacity: chance needs room. */
export const QUEUELESS_AIM = 0.98;

/**
 * What may be admitted: what the backend does, a little more or less to keep its queue at the target, and next to
 * nothing while the queue, as it will be when the stage's limit is in force, makes all answers late.
 */
export function stageTotal(knowledge: Knowledge, capacity: CostUnitsPerSecond): CostUnitsPerSecond {
  const waits = knowledge.backlogCups() / capacity;
  const expected = Math.max(0, waits + DEAD_SECONDS * knowledge.backlogGrowth());
  if (waits > HARMFUL_SECONDS && expected > HARMFUL_SECONDS) return LEAST_SHARE * capacity;
  if (knowledge.isQueueless) return QUEUELESS_AIM * capacity;
  const target = Math.min(MOST_SECONDS, LOST_SHARE / Math.max(1e-3, knowledge.collapse));
  return capacity * Math.max(LEAST_SHARE, 1 - knowledge.collapse * waits - (expected - target) / CORRECTION_SECONDS);
}
