import type { RunResult } from '../../../bench/runner/job.ts';

/** A run in which nothing happened but what the test says. */
export function runResult(figures: Partial<RunResult>): RunResult {
  return {
    law: 'tidegate',
    scenario: 'ramp',
    seed: 11,
    size: 0.1,
    goodputRatio: 1,
    goodputRatioByTier: {},
    dueGrantedByTier: {},
    honestServedByTier: {},
    honestByTier: {},
    secondsToRest: 0,
    weightedGoodputRatio: 1,
    stressSeconds: 0,
    stressRatio: 1,
    premiumWithinGuarantee: 1,
    jain: 1,
    honestPremiumServed: 1,
    falseThrottleRatio: 0,
    violationSeconds: 0,
    longestViolationSeconds: 0,
    secondsToMitigate: 0,
    limitChanges: 0,
    changesPerHalfHour: 0,
    reversalsPerHour: 0,
    rejectedWrites: 0,
    restored: true,
    ...figures,
  };
}
