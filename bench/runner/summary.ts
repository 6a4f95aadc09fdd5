import { harmRatios, worstHarm } from '../../rehearsal/world/scoring/harm.ts';
import type { TierName } from '../../shared/platform/units.ts';
import type { RunResult } from './job.ts';
import { CEILING, STILL, unsoundIn, YARDSTICK } from './soundness.ts';

/** Figures of one law in one scenario at one size, the mean over the seeds; reach and gaps against `perfect` in the same runs, or the gate where `perfect` is not sound. */
export interface Row {
  readonly law: string;
  readonly scenario: string;
  readonly size: number;
  readonly stressRatio: number;
  /** null where `perfect` was not played. */
  readonly reach: number | null;
  readonly weightedGoodputRatio: number;
  readonly premium: number;
  readonly premiumGap: number | null;
  readonly honestServedByTier: Readonly<Record<TierName, number>>;
  /** By how much less is served than by `perfect`; null where that was not played. */
  readonly honestGapByTier: Readonly<Record<TierName, number>> | null;
  /** Pooled over the seeds, the least of any tier, and that tier; null where static limits were not played. */
  readonly harmRatio: number | null;
  readonly harmTier: TierName | null;
  readonly harmRatioByTier: Readonly<Record<TierName, number>> | null;
  /** How much of what was due to the tier there was. */
  readonly dueGrantedByTier: Readonly<Record<TierName, number>>;
  /** The longest of any seed; null: one never came to rest; absent where the trouble does not end. */
  readonly secondsToRest?: number | null;
  readonly violationSeconds: number;
  /** Beyond the lesser of `perfect` and `static` in each run; null where either was not played. */
  readonly violationSecondsBeyond: number | null;
  /** The longest of any seed. */
  readonly longestViolationSeconds: number;
  readonly falseThrottleRatio: number;
  readonly jain: number;
  readonly changesPerHalfHour: number;
  /** The most of any seed. */
  readonly mostChangesPerHalfHour: number;
  readonly reversalsPerHour: number;
  readonly rejectedWrites: number;
}

export function rowsOf(results: readonly RunResult[]): Row[] {
  const keyOf = ({ law, scenario, seed, size }: RunResult) => `${law} ${scenario} ${seed} ${size}`;
  const known = new Map(results.map((result) => [keyOf(result), result]));
  const unsound = new Set(unsoundIn(results).map(({ size, scenario }) => `${size} ${scenario}`));
  const boundOf = (run: RunResult) => {
    const ceiling = known.get(keyOf({ ...run, law: CEILING }));
    const isUnsound = unsound.has(`${run.size} ${run.scenario}`);
    return (isUnsound ? ceiling : undefined) ?? known.get(keyOf({ ...run, law: YARDSTICK }));
  };
  const stillOf = (run: RunResult) => known.get(keyOf({ ...run, law: STILL }));
  const groups = Map.groupBy(results, ({ law, scenario, size }) => `${size} ${scenario} ${law}`);
  return [...groups.values()].map((runs) => rowOf(runs, paired(runs, boundOf), paired(runs, stillOf)));
}

/** The partner of each run; undefined unless all have one. */
function paired(
  runs: readonly RunResult[],
  partnerOf: (run: RunResult) => RunResult | undefined,
): RunResult[] | undefined {
  const partners = runs.flatMap((run) => partnerOf(run) ?? []);
  return partners.length === runs.length ? partners : undefined;
}

function rowOf(runs: readonly RunResult[], bounds: RunResult[] | undefined, still: RunResult[] | undefined): Row {
  const over = (of: (run: RunResult) => number) => mean(runs.map(of));
  const against = (of: (run: RunResult, bound: RunResult) => number) =>
    bounds ? mean(runs.map((run, index) => of(run, bounds[index] ?? run))) : null;
  const [first] = runs;
  return {
    law: first?.law ?? '',
    scenario: first?.scenario ?? '',
    size: first?.size ?? 1,
    stressRatio: over((run) => run.stressRatio),
    reach: against((run, bound) => run.stressRatio / bound.stressRatio),
    weightedGoodputRatio: over((run) => run.weightedGoodputRatio),
    premium: over((run) => run.premiumWithinGuarantee),
    premiumGap: against((run, bound) => bound.premiumWithinGuarantee - run.premiumWithinGuarantee),
    ...honestFigures(runs, bounds),
    ...harmFigures(runs, still),
    dueGrantedByTier: meanByTier(runs.map((run) => run.dueGrantedByTier)),
    ...restOf(runs),
    violationSeconds: over((run) => run.violationSeconds),
    violationSecondsBeyond:
      bounds && still ? mean(runs.map((run, index) => beyond(run, [bounds[index], still[index]]))) : null,
    longestViolationSeconds: Math.max(...runs.map((run) => run.longestViolationSeconds)),
    falseThrottleRatio: over((run) => run.falseThrottleRatio),
    jain: over((run) => run.jain),
    changesPerHalfHour: over((run) => run.changesPerHalfHour),
    mostChangesPerHalfHour: Math.max(...runs.map((run) => run.changesPerHalfHour)),
    reversalsPerHour: over((run) => run.reversalsPerHour),
    rejectedWrites: runs.reduce((sum, run) => sum + run.rejectedWrites, 0),
  };
}

function honestFigures(runs: readonly RunResult[], bounds: RunResult[] | undefined) {
  const honestServedByTier = meanByTier(runs.map((run) => run.honestServedByTier));
  if (!bounds) return { honestServedByTier, honestGapByTier: null };
  const best = meanByTier(bounds.map((run) => run.honestServedByTier));
  const gaps = Object.entries(honestServedByTier).map(([tier, served]) => [tier, (best[tier] ?? 0) - served] as const);
  return { honestServedByTier, honestGapByTier: Object.fromEntries(gaps) };
}

function harmFigures(runs: readonly RunResult[], still: RunResult[] | undefined) {
  if (!still) return { harmRatio: null, harmTier: null, harmRatioByTier: null };
  const harmRatioByTier = harmRatios(
    runs.map((run) => run.honestByTier),
    still.map((run) => run.honestByTier),
  );
  const worst = worstHarm(harmRatioByTier);
  return { harmRatio: worst?.ratio ?? 1, harmTier: worst?.tier ?? null, harmRatioByTier };
}

function restOf(runs: readonly RunResult[]): { secondsToRest?: number | null } {
  const times = runs.flatMap(({ secondsToRest }) => (secondsToRest === undefined ? [] : [secondsToRest]));
  if (times.length === 0) return {};
  return { secondsToRest: times.includes(null) ? null : Math.max(...times.map((time) => time ?? 0)) };
}

function beyond(run: RunResult, bounds: readonly (RunResult | undefined)[]): number {
  return Math.max(0, run.violationSeconds - Math.min(...bounds.flatMap((bound) => bound?.violationSeconds ?? [])));
}

function meanByTier(figures: readonly Readonly<Record<TierName, number>>[]): Record<TierName, number> {
  const tiers = Object.keys(figures[0] ?? {});
  return Object.fromEntries(tiers.map((tier) => [tier, mean(figures.map((each) => each[tier] ?? 0))]));
}

/** One law over all scenarios at one size: the rows of the target table. */
export interface Summary {
  readonly law: string;
  readonly size: number;
  readonly stressRatio: number;
  readonly meanReach: number | null;
  readonly worstReach: number | null;
  readonly worstReachIn: string | null;
  readonly premiumGap: number | null;
  /** Mean over the scenarios, by tier. */
  readonly honestGapByTier: Readonly<Record<TierName, number>> | null;
  readonly harmRatio: number | null;
  /** The scenario and tier of the least ratio. */
  readonly harmIn: string | null;
  /** The longest; null: there is a scenario in which limits never come to rest, and `restIn` is the first. */
  readonly secondsToRest: number | null;
  readonly restIn: string | null;
  readonly meanViolationSeconds: number;
  readonly worstViolationSeconds: number;
  /** Where a limit can shorten failures at all. */
  readonly meanViolationSecondsBeyond: number | null;
  readonly worstViolationSecondsBeyond: number | null;
  readonly meanFalseThrottles: number;
  readonly worstFalseThrottles: number;
  readonly changesPerHalfHour: number;
  readonly reversalsPerHour: number;
  readonly worstJain: number;
}

/** @param unavoidable names of scenarios whose failures no limit can shorten */
export function summariesOf(rows: readonly Row[], unavoidable: ReadonlySet<string> = new Set()): Summary[] {
  return [...Map.groupBy(rows, ({ law, size }) => `${size} ${law}`).values()].map((own) => summaryOf(own, unavoidable));
}

function summaryOf(own: readonly Row[], unavoidable: ReadonlySet<string>): Summary {
  const over = (of: (row: Row) => number) => mean(own.map(of));
  const reached = own.flatMap(({ scenario, reach }) => (reach === null ? [] : [{ scenario, reach }]));
  const worst = reached.toSorted((a, b) => a.reach - b.reach)[0];
  const beyonds = own
    .filter(({ scenario }) => !unavoidable.has(scenario))
    .flatMap(({ violationSecondsBeyond }) => violationSecondsBeyond ?? []);
  const gaps = own.flatMap(({ honestGapByTier }) => (honestGapByTier ? [honestGapByTier] : []));
  return {
    law: own[0]?.law ?? '',
    size: own[0]?.size ?? 1,
    stressRatio: over((row) => row.stressRatio),
    meanReach: worst ? mean(reached.map(({ reach }) => reach)) : null,
    worstReach: worst?.reach ?? null,
    worstReachIn: worst?.scenario ?? null,
    premiumGap: worst ? over((row) => row.premiumGap ?? 0) : null,
    honestGapByTier: gaps.length > 0 ? meanByTier(gaps) : null,
    ...worstHarmOf(own),
    ...worstRestOf(own),
    meanViolationSeconds: over((row) => row.violationSeconds),
    worstViolationSeconds: Math.max(...own.map((row) => row.violationSeconds)),
    meanViolationSecondsBeyond: beyonds.length > 0 ? mean(beyonds) : null,
    worstViolationSecondsBeyond: beyonds.length > 0 ? Math.max(...beyonds) : null,
    meanFalseThrottles: over((row) => row.falseThrottleRatio),
    worstFalseThrottles: Math.max(...own.map((row) => row.falseThrottleRatio)),
    changesPerHalfHour: over((row) => row.changesPerHalfHour),
    reversalsPerHour: over((row) => row.reversalsPerHour),
    worstJain: Math.min(...own.map((row) => row.jain)),
  };
}

function worstHarmOf(rows: readonly Row[]): Pick<Summary, 'harmRatio' | 'harmIn'> {
  const [worst] = rows
    .filter(({ harmRatio }) => harmRatio !== null)
    .toSorted((a, b) => (a.harmRatio ?? 0) - (b.harmRatio ?? 0));
  return { harmRatio: worst?.harmRatio ?? null, harmIn: worst ? `${worst.scenario}, ${worst.harmTier}` : null };
}

function worstRestOf(rows: readonly Row[]): Pick<Summary, 'secondsToRest' | 'restIn'> {
  const [worst] = rows
    .filter(({ secondsToRest }) => secondsToRest !== undefined)
    .toSorted((a, b) => (b.secondsToRest ?? Number.POSITIVE_INFINITY) - (a.secondsToRest ?? Number.POSITIVE_INFINITY));
  return { secondsToRest: worst?.secondsToRest ?? null, restIn: worst?.scenario ?? null };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
