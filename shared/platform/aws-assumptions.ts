/**
 * Assumptions about the delays of AWS. AWS documents only the quota and publishes no figure for the others, so each of those
 * is a choice with its reason; the embedded AWS has assumptions of its own, which may differ.
 */

/** AWS accepts one `UpdateUsagePlan` per account in this time. */
export const PLAN_WRITE_QUOTA_MS = 20_000;

/**
 * Added to the minimum time between two plan writes. AWS counts calls on arrival, so neither a slow call before a fast one
 * nor two different clocks may bring the calls closer together than the quota allows.
 */
export const PLAN_WRITE_MARGIN_MS = 1_000;

/**
 * Time after which a written stage limit is assumed to be in force everywhere. If AWS took longer, the law would judge the
 * old limit and cut twice for one overload; every additional second makes each feedback round a second longer.
 */
export const STAGE_SETTLE_MS = 10_000;

/**
 * Time after which a written plan limit, which applies to every key's bucket, is assumed to be in force everywhere. Plans are
 * written at most every 20 s, so a longer wait than for the stage costs little.
 */
export const PLAN_SETTLE_MS = 30_000;

/** Largest delay of a wake-up after its slot; consecutive slots are spaced by this much more. */
export const WAKE_UP_MARGIN_MS = 2_000;

/** Delay after which a wake-up counts as lost if work remains. */
export const WAKE_UP_GRACE_MS = 10_000;

/** Time after the end of a minute until its values in CloudWatch are complete. */
export const METRICS_COMPLETE_MS = 120_000;

/**
 * Time after the end of a minute from which a missing value in CloudWatch means that there were no requests. A missing value
 * proves less than a present one, so it is believed later.
 */
export const METRICS_ABSENT_MS = 150_000;
