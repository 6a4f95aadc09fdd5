import type { RunResult } from './job.ts';

/** Figures of one law in one scenario, the mean over the seeds; reach and gap against `perfect` in the same runs. */
export interface Row {
  readonly law: string;
  readonly scenario: string;
  readonly stressRatio: number;
  /** null where `perfect` was not played. */
  readonly reach: number | null;
  readonly weightedGoodputRatio: number;
  readonly premium: number;
  readonly premiumGap: number | null;
  readonly violationSeconds: number;
  /** The longest of any seed. */
  readonly longestViolationSeconds: number;
  readonly falseThrottleRatio: number;
  readonly jain: number;
  readonly changesPerHalfHour: number;
  readonly reversalsPerHour: number;
  readonly rejectedWrites: number;
}

/** One law over all scenarios: the rows of the target table. */
export interface Summary {
  readonly law: string;
  readonly stressRatio: number;
  readonly meanReach: number | null;
  readonly worstReach: number | null;
  readonly worstReachIn: string | null;
  readonly premiumGap: number | null;
  readonly meanViolationSeconds: number;
  readonly worstViolationSeconds: number;
  readonly meanFalseThrottles: number;
  readonly worstFalseThrottles: number;
  readonly changesPerHalfHour: number;
  readonly reversalsPerHour: number;
  readonly worstJain: number;
}

export const YARDSTICK = 'perfect';

export function rowsOf(results: readonly RunResult[]): Row[] {
  const bound = new Map(
    results.filter(({ law }) => law === YARDSTICK).map((result) => [`${result.scenario} ${result.seed}`, result]),
  );
  const groups = Map.groupBy(results, ({ law, scenario }) => `${scenario} ${law}`);
  return [...groups.values()].map((runs) => rowOf(runs, (run) => bound.get(`${run.scenario} ${run.seed}`)));
}

function rowOf(runs: readonly RunResult[], boundOf: (run: RunResult) => RunResult | undefined): Row {
  const over = (of: (run: RunResult) => number) => mean(runs.map(of));
  const pairs = runs.flatMap((run) => {
    const bound = boundOf(run);
    return bound ? [{ run, bound }] : [];
  });
  const isMeasured = pairs.length === runs.length;
  return {
    law: runs[0]?.law ?? '',
    scenario: runs[0]?.scenario ?? '',
    stressRatio: over((run) => run.stressRatio),
    reach: isMeasured ? mean(pairs.map(({ run, bound }) => run.stressRatio / bound.stressRatio)) : null,
    weightedGoodputRatio: over((run) => run.weightedGoodputRatio),
    premium: over((run) => run.premiumWithinGuarantee),
    premiumGap: isMeasured
      ? mean(pairs.map(({ run, bound }) => bound.premiumWithinGuarantee - run.premiumWithinGuarantee))
      : null,
    violationSeconds: over((run) => run.violationSeconds),
    longestViolationSeconds: Math.max(...runs.map((run) => run.longestViolationSeconds)),
    falseThrottleRatio: over((run) => run.falseThrottleRatio),
    jain: over((run) => run.jain),
    changesPerHalfHour: over((run) => run.changesPerHalfHour),
    reversalsPerHour: over((run) => run.reversalsPerHour),
    rejectedWrites: runs.reduce((sum, run) => sum + run.rejectedWrites, 0),
  };
}

export function summariesOf(rows: readonly Row[]): Summary[] {
  return [...Map.groupBy(rows, ({ law }) => law)].map(([law, own]) => {
    const reached = own.flatMap(({ scenario, reach }) => (reach === null ? [] : [{ scenario, reach }]));
    const worst = reached.toSorted((a, b) => a.reach - b.reach)[0];
    const over = (of: (row: Row) => number) => mean(own.map(of));
    return {
      law,
      stressRatio: over((row) => row.stressRatio),
      meanReach: worst ? mean(reached.map(({ reach }) => reach)) : null,
      worstReach: worst?.reach ?? null,
      worstReachIn: worst?.scenario ?? null,
      premiumGap: worst ? over((row) => row.premiumGap ?? 0) : null,
      meanViolationSeconds: over((row) => row.violationSeconds),
      worstViolationSeconds: Math.max(...own.map((row) => row.violationSeconds)),
      meanFalseThrottles: over((row) => row.falseThrottleRatio),
      worstFalseThrottles: Math.max(...own.map((row) => row.falseThrottleRatio)),
      changesPerHalfHour: over((row) => row.changesPerHalfHour),
      reversalsPerHour: over((row) => row.reversalsPerHour),
      worstJain: Math.min(...own.map((row) => row.jain)),
    };
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
