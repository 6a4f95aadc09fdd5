/**
 * What AWS does not publish and a rehearsal must assume, all in one place. Sources: the recorded and documented
 * behaviour of API Gateway and CloudWatch; every figure here is an assumption, none a measurement.
 */
export const ASSUMPTIONS = {
  /** Age of an access-log line when its subscriber gets it: log-normal. */
  logDelayMs: { median: 8_000, p95: 25_000 },
  /**
   * A subscriber gets a log stream's events in batches. One batch gathers for this long at most, and never longer than
   * the delay its events have anyway, so that gathering is a part of the delay and adds nothing to it.
   */
  logBatchSpanMs: 5_000,
  /** How long a patched stage limit takes to be enforced: uniform. */
  stagePropagationMs: { min: 2_000, max: 10_000 },
  /** How long a patched plan limit takes to be enforced: uniform. */
  planPropagationMs: { min: 5_000, max: 30_000 },
  /** When AWS's own minute metrics become readable after the minute's end: uniform. */
  metricPublicationMs: { min: 60_000, max: 120_000 },
  /** Throttling is best effort: a bucket refills this share faster than its rate says. */
  enforcementSlack: 0.01,
  /** A request refused at the stage has already spent its plan's token. */
  stageRefusalSpendsPlanToken: true,
} as const;
