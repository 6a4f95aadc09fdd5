import Table from 'cli-table3';
import type { Limits } from '../../shared/limits/limits.ts';
import { limitOf } from '../../shared/limits/limits.ts';
import type { TierName } from '../../shared/platform/units.ts';
import type { Scores } from '../world/scores.ts';
import { type HonestByTier, harmRatios, worstHarm } from '../world/scoring/harm.ts';

/** The result of a rehearsal; docs/scores.md defines the fields. */
export interface RehearsalReport extends Scores {
  readonly scenario: string;
  readonly seed: number;
  readonly simulatedSeconds: number;
  /** The only figure that may differ between two runs of one seed. */
  readonly wallSeconds: number;
  readonly stageWrites: number;
  readonly planWrites: number;
  readonly rejectedWrites: number;
  /** Number of decisions by kind. */
  readonly decisions: Readonly<Record<string, number>>;
  readonly restored: boolean;
  readonly secondsToRestore: number | null;
  /** From the last trouble's end until all limits rest for good; null: never. Absent where the trouble does not end. */
  readonly secondsToRest?: number | null;
  /** Only where the same was played under static limits too: the least of `harmRatioByTier`. */
  readonly harmRatio?: number;
  readonly harmRatioByTier?: Readonly<Record<TierName, number>>;
  /** The injected faults with the number of affected calls; absent without faults. */
  readonly faults?: readonly { readonly fault: string; readonly struck: number }[];
}

/** A rate below this share of its value at onset counts as lowered. */
const RESTORED_SHARE = 0.95;

/** Whether every rate is at least nearly back at its value at onset. */
export function isRestored(atOnset: Limits, atEnd: Limits): boolean {
  const isBack = (before: { rateRps: number } | undefined, after: { rateRps: number } | undefined) =>
    !before || (after !== undefined && after.rateRps >= RESTORED_SHARE * before.rateRps);
  const tiers = Object.keys(atOnset.tiers).every((tier) => isBack(atOnset.tiers[tier], atEnd.tiers[tier]));
  // A method setting that was added or removed is compared with the setting that now applies to its method.
  const methods = new Set([...Object.keys(atOnset.stage), ...Object.keys(atEnd.stage)]);
  const stageLimit = (limits: Limits, method: string) => limitOf(limits.stage, method);
  return tiers && [...methods].every((method) => isBack(stageLimit(atOnset, method), stageLimit(atEnd, method)));
}

/** What control did to honest clients, from what they were served with it and under static limits. */
export function harmAgainst(
  ours: HonestByTier,
  still: HonestByTier,
): { readonly harmRatio: number; readonly harmRatioByTier: Readonly<Record<TierName, number>> } {
  const harmRatioByTier = harmRatios([ours], [still]);
  return { harmRatio: worstHarm(harmRatioByTier)?.ratio ?? 1, harmRatioByTier };
}

/** The report as a table for people. */
export function reportTable(report: RehearsalReport): string {
  const table = new Table({
    head: ['', report.scenario],
    style: { head: [], border: [] },
    colAligns: ['left', 'right'],
  });
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const seconds = (value: number | null) => (value === null ? 'never' : `${value} s`);
  table.push(
    ['seed', String(report.seed)],
    ['simulated', seconds(report.simulatedSeconds)],
    ['took', `${report.wallSeconds.toFixed(1)} s`],
    ['goodput, of the omniscient allocator', percent(report.goodputRatio)],
    ...Object.entries(report.goodputRatioByTier).map(([tier, share]) => [`  ${tier}`, percent(share)]),
    ...Object.entries(report.honestServedByTier).map(([tier, share]) => [`honest served: ${tier}`, percent(share)]),
    ...Object.entries(report.harmRatioByTier ?? {}).map(([tier, share]) => [
      `honest served, of static limits: ${tier}`,
      percent(share),
    ]),
    ['throttled without need', percent(report.falseThrottleRatio)],
    ['seconds in violation', String(report.violationSeconds)],
    ['mitigated after', seconds(report.secondsToMitigate)],
    ['stage writes', String(report.stageWrites)],
    ['plan writes', String(report.planWrites)],
    ['rejected writes', String(report.rejectedWrites)],
    ...Object.entries(report.decisions).map(([kind, count]) => [`decisions: ${kind}`, String(count)]),
    ['limits restored at the end', report.restored ? 'yes' : 'no'],
    ...(report.restored ? [['last write after the surge', seconds(report.secondsToRestore)]] : []),
    ...(report.secondsToRest === undefined ? [] : [['all limits at rest after', seconds(report.secondsToRest)]]),
    ...(report.faults ?? []).map(({ fault, struck }) => [`fault ${fault}`, `struck ${struck} calls`]),
  );
  return table.toString();
}
