/** What an operator may own of the law: at most fifteen fields, later a section of the policy. */
export const LAW_POLICY = {
  /** Share of the estimated capacity at which the stage stands: 0.96 leaves room for enforcement that is not exact. */
  aimShare: 0.96,
  /** The same while only CloudWatch's minutes tell, which are three minutes old. */
  aimShareByMinutes: 0.93,
  /** Seconds in which what is usual for a key moves half of the way to what it asks for in calm. */
  usualHalfLifeSeconds: 1800,
  /** A key that asks for more than this many times its usual demand exceeds it. */
  usualRoom: 1.25,
  /** What a request beyond the usual demand is worth, as a share of one within it. */
  excessWorth: 0.05,
  /** Tokens of every stage bucket at least: 20 refuse under 0.5 % of Poisson traffic at 0.9 of the rate, at any rate. */
  leastBurstRequests: 20,
  /** The stage's burst as a share of its rate, seconds: what may reach the backend at once. */
  burstSeconds: 0.03,
  /** How often clients try a refused request in all, until what is seen says otherwise. */
  usualAttempts: 3,
  /** At rest the stage stands no lower than this share of its baseline: nobody is refused in the morning for a quiet night. */
  restShareOfBaseline: 0.5,
  /** Share of server errors from which they are trouble, beyond what the objective allows; judged by the objective. */
  testCutShare: 0.25,
} as const;
