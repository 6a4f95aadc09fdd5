/**
 * Every number that decides and that no operator owns, each with its unit. They are one mutable record, so that an
 * ablation can replace one and play the benchmark again; nothing else ever writes here.
 */
export const NUMBERS = {
  // The estimate of capacity: capacity.ts.
  /** Standard deviation of the logarithm of capacity before anything is known. */
  firstSpread: 0.3,
  /** Variance of the logarithm of capacity per second: by how much a backend may change unseen. */
  drift: 0.0025 / 60,
  /** A failed probe at an unchanged capacity divides the drift by this, down to a sixteenth: probes become rarer. */
  driftBackoff: 2,
  /** Relative error of one window's measurement besides chance, share. */
  measurementError: 0.03,
  /** A measurement that is off by more standard deviations is a change of capacity, not noise. */
  surprise: 2.5,
  /** Largest rise of the estimate by one healthy window, share. */
  largestRaise: 0.05,
  /** A step up close to the last failure, as a logarithm. */
  firstClimb: 0.02,
  /** The estimate counts as close to the last failure from so far below it, as a logarithm. */
  nearFailure: 0.06,
  /** So far beyond the last failure it is forgotten, as a logarithm. */
  pastFailure: 0.08,
  /** Latency at the limit from this multiple of the unloaded one on shows load. */
  loadedRatio: 1.1,
  /** Where it falls to this share of its excess, capacity has grown. */
  relievedShare: 0.4,
  /** How fast the latency at the limit is smoothed, per window. */
  feltGain: 0.3,
  /** By how much the capacity without a queue exceeds the one measured during a queue, as a logarithm. */
  congestionCost: 0.08,
  /** The first step up far below the last failure, as a logarithm; it doubles with each success. */
  freeClimb: 0.04,
  /** Largest step up, as a logarithm. */
  mostClimb: 0.25,
  /** Seconds after an overload before a step up close to it is tried; doubled by each failure until the rate was passed. */
  climbSeconds: 60,
  /** The longest such wait, seconds. */
  longestClimbSeconds: 240,
  /** A stage or plan that refuses less than this share of the requests does not bind. */
  leastRefused: 0.01,
  /** Half-life of the memory of the highest rate that was proven, seconds. */
  provenHalfLifeSeconds: 7200,
  /** The estimate never falls below this share of the rate that was proven: less would let nothing be seen. */
  leastProvenShare: 0.25,
  /** Assumed capacity of an untested backend, as a multiple of the highest rate that it served. */
  untestedFactor: 1.38,
  // Health of the backend: latency.ts.
  /** A window is overloaded if less than this share of its answers is quick, and busy throughout if more than this share is slow. */
  alarmQuantile: 0.8,
  /** Multiple of the unloaded latency from which an answer shows a queue. */
  overloadFactor: 2,
  /** Share of the way from the unloaded latency to the objective from which the estimate is not raised. */
  kneeShare: 0.28,
  /** Answers below which windows are added up before they are judged, number. */
  leastAnswers: 20,
  /** By how much the estimate falls where latency at the limit is past the knee by a quarter, as a logarithm. */
  easeShare: 0.03,
  /** Half-life with which the unloaded latency follows a slower backend at low load, seconds. */
  baseRiseSeconds: 300,
  /** How fast what is left of the way to the knee at rest is smoothed, per window. (capacity-evidence.ts) */
  roomGain: 0.08,
  /** Half-life with which a measured capacity is forgotten at rest, seconds. (capacity-evidence.ts) */
  forgetSeconds: 300,
  /** The limit counts as reached from this share of the estimate on. (capacity-evidence.ts) */
  reachedShare: 0.85,
  /** The load counts as lower below this share of the busiest slow window's. (capacity-evidence.ts) */
  lessShare: 0.8,
  /** Latency counts as unchanged if more than this share of its excess is left. (capacity-evidence.ts) */
  stillShare: 0.7,
  /** Plans are written ahead of the stage on the way back by this factor at most. (capacity.ts) */
  mostLead: 2,
  // The backlog: backlog.ts.
  /** A predicted backlog up to this is left alone, seconds of work. */
  toleratedBacklogSeconds: 0.2,
  /** Time in which a backlog is drained, seconds. */
  drainSeconds: 7,
  /** A predicted backlog exceeds the measured one by at most this, seconds of work. */
  unseenBacklogSeconds: 4,
  /** No drain lets in less than this share of the estimate. */
  leastDrainShare: 0.2,
  // Demand: asked-demand.ts and usual.ts.
  /** Half-life with which a key's demand follows a fall, seconds. */
  demandHalfLifeSeconds: 20,
  /** A rise beyond so many deviations of chance counts at once. */
  jumpDeviations: 2.5,
  /** Half-life of what is learned of how often clients try, seconds. */
  attemptsHalfLifeSeconds: 120,
  /** Share of requests refused by our limits above which nothing usual is learned. */
  calmRefusals: 0.03,
  // Plans: plans.ts.
  /** What the plans let through, as a share of what the stage does: the stage is blind and should not bind. */
  planShare: 0.97,
  /** A plan write must win this share of what could be won, beyond noise. */
  worthShare: 0.006,
  /** How far the plans' budget follows what they leave unused, per window. */
  fillGain: 0.2,
  /** A plan's burst, seconds of its rate. */
  planBurstSeconds: 2,
  /** A plan's burst at least, requests. */
  leastPlanBurst: 8,
  // The stage: standing-stage.ts.
  /** A change of the stage below this share is not written while it binds. */
  stageStep: 0.02,
  /** At rest the stage is written when it stands this share above what the estimate allows. */
  mostAbove: 0.06,
  /** Half-life with which what a method is asked for follows chance, seconds; a change beyond chance counts at once. */
  mixHalfLifeSeconds: 300,
  /** Deviations of chance from which it is such a change. */
  mixDeviations: 2.5,
  /** How fast what is admitted beyond a stage limit is learned, per window. */
  slackGain: 0.15,
  // Errors: error-judgement.ts.
  /** Half-life of the verdict whether errors come from load, seconds. */
  verdictSeconds: 600,
  // Not yet tried one by one: each must show in the ablation what it is worth, take a natural value, or go.
  /** Largest correction of the predicted growth of a backlog, seconds of work a second. (backlog.ts) */
  mostBias: 0.15,
  /** A change of what is let in by this share tells whether errors depend on it. (error-judgement.ts) */
  tellingShare: 0.08,
  /** By how much one window beyond, or within, what was served without errors moves the logarithm of the odds. (error-judgement.ts) */
  windowEvidence: 0.3,
  /** By how much successes that do not follow admissions at all move it. (error-judgement.ts) */
  testEvidence: 6,
  /** Chance that errors come from load from which a cut tests it. (error-judgement.ts) */
  suspicion: 0.55,
  /** Load counts as beyond what was served without errors from this multiple of it. (error-judgement.ts) */
  beyondFactor: 1.1,
  /** So many times the errors that the objective allows are worth a test. (error-judgement.ts) */
  testFactor: 2,
  /** A test that shows nothing for so long is given up, seconds. (error-judgement.ts) */
  testSeconds: 60,
  /** Tiers with so large a share of the answers must feel a queue before it is one. (latency.ts) */
  feltShare: 0.3,
  /** Added to the latency that is overload, milliseconds: quick backends vary more. (latency.ts) */
  overloadExtraMs: 50,
  /** A failure within this share of the unloaded latency did no work. (latency.ts) */
  quickShare: 0.5,
  /** No latency below this share of the objective is overload. (latency.ts) */
  objectiveShare: 0.6,
  /** Share of the way that the unloaded latency falls towards a lower one in a window. (latency.ts) */
  baseFallShare: 0.3,
  /** Least ratio of what plans are expected to let through to what they do. (next-law.ts) */
  leastFill: 0.95,
  /** Largest such ratio. (next-law.ts) */
  mostFill: 1.25,
  /** After so many windows that are as slow with less to do, slowness is the nature of the backend. (learn.ts) */
  unmovedWindows: 3,
  /** Slow completions below this share of the last window's are a sudden loss of capacity. (capacity-evidence.ts) */
  suddenShare: 0.93,
  /** Backlog that is assumed after a sudden loss, seconds of work. (capacity-evidence.ts) */
  suddenSeconds: 4,
  /** A stage below this share of the estimate brakes, and completions do not measure capacity. (capacity-evidence.ts) */
  brakedShare: 0.85,
  /** A queue counts as not shrinking above this share of the last window's. (capacity-evidence.ts) */
  stuckShare: 0.8,
  /** Demand counts as risen if admissions grew by this factor. (capacity-evidence.ts) */
  roseFactor: 1.05,
  /** The estimate rises to no more than this above the admitted rate, as a logarithm. (capacity.ts) */
  triedShare: 0.07,
  /** Added to that where latency is that of an unloaded backend, as a logarithm. (capacity.ts) */
  unfeltShare: 0.25,
  /** The same far below the last failure, as a logarithm. (capacity.ts) */
  freeShare: 0.35,
  /** The first overload after a rise of demand leaves at least this share of the estimate. (capacity-evidence.ts) */
  firstCutShare: 0.97,
  /** Plans are let go when all that is asked for is below this share of their budget. (plans.ts) */
  releaseShare: 0.95,
  /** A plan write must win more than so many deviations of chance. (plans.ts) */
  planNoise: 0.4,
  /** Plans that let through less than this share of their budget are written for less. (plans.ts) */
  unfilledShare: 0.92,
  /** How much less: a factor. (plans.ts) */
  unfilledWorth: 0.25,
  /** Below this a loss says nothing of how often clients try. (attempts.ts) */
  leastLostShare: 0.05,
  /** What another number of attempts than the usual one must explain better by, variance of the logarithm. (attempts.ts) */
  attemptsPrior: 0.01,
  /** A method's limit must change by more than so many deviations of chance. (standing-stage.ts) */
  stageNoise: 1.5,
  /** At rest a limit closer to what is asked for than this factor is raised. (standing-stage.ts) */
  stageRoomAtRest: 1.25,
  /** A newcomer in calm is usual up to this quantile of its tier. (usual.ts) */
  newcomerQuantile: 0.9,
} satisfies Record<string, number>;
