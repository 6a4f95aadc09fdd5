/**
 * What the product assumes about the pace of AWS. Only the quota is documented. AWS publishes no figure for the rest, so
 * each is a choice of the product with its reason; the embedded AWS has assumptions of its own, which may differ.
 */

/** AWS accepts one `UpdateUsagePlan` per account in this time. */
export const PLAN_WRITE_QUOTA_MS = 20_000;

/**
 * Added to the least time between two plan writes. AWS counts calls when they arrive: a slow call before a quick one, or
 * two clocks that differ, must not bring them closer than the quota allows.
 */
export const PLAN_WRITE_MARGIN_MS = 1_000;

/**
 * A written stage limit is taken to be in force everywhere after this time. If it took longer, the law would judge the
 * old limit and cut twice for one overload; each second more makes every round of the search a second longer.
 */
export const STAGE_SETTLE_MS = 10_000;

/**
 * The same for a written plan limit, which every key's bucket must learn. Plans are written at most every 20 s, so that
 * waiting longer than for the stage costs little.
 */
export const PLAN_SETTLE_MS = 30_000;

/** A wake-up from the queue runs up to this much later than its slot; the next slot keeps clear of that. */
export const WAKE_UP_MARGIN_MS = 2_000;

/** A wake-up that is this late, with work still to do, counts as lost. */
export const WAKE_UP_GRACE_MS = 10_000;

/** The values of a minute in CloudWatch are complete this long after its end. */
export const METRICS_COMPLETE_MS = 120_000;

/**
 * A minute without a value in CloudWatch had no requests if it ended this long ago. Absence proves less than a value
 * does, so it is believed later.
 */
export const METRICS_ABSENT_MS = 150_000;
