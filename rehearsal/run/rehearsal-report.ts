import Table from 'cli-table3';
import type { Limits } from '../../shared/limits/limits.ts';
import { limitOf } from '../../shared/limits/limits.ts';
import type { Scores } from '../world/scores.ts';

/** What a rehearsal found out; the fields are defined in docs/scores.md. */
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
  /** What was made to go wrong, and how many calls it struck; absent when nothing was. */
  readonly faults?: readonly { readonly fault: string; readonly struck: number }[];
}

/** A rate below this share of what it was at onset is still a brake. */
const RESTORED_SHARE = 0.95;

/** Whether nothing is braked any more: every rate of `atOnset` is at least nearly there again. */
export function isRestored(atOnset: Limits, atEnd: Limits): boolean {
  const isBack = (before: { rateRps: number } | undefined, after: { rateRps: number } | undefined) =>
    !before || (after !== undefined && after.rateRps >= RESTORED_SHARE * before.rateRps);
  const tiers = Object.keys(atOnset.tiers).every((tier) => isBack(atOnset.tiers[tier], atEnd.tiers[tier]));
  // An override that came or went is judged by what governs its method now.
  const methods = new Set([...Object.keys(atOnset.stage), ...Object.keys(atEnd.stage)]);
  const stageLimit = (limits: Limits, method: string) => limitOf(limits.stage, method);
  return tiers && [...methods].every((method) => isBack(stageLimit(atOnset, method), stageLimit(atEnd, method)));
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
    ['honest premium served', percent(report.honestPremiumServed)],
    ['throttled without need', percent(report.falseThrottleRatio)],
    ['seconds in violation', String(report.violationSeconds)],
    ['mitigated after', seconds(report.secondsToMitigate)],
    ['stage writes', String(report.stageWrites)],
    ['plan writes', String(report.planWrites)],
    ['rejected writes', String(report.rejectedWrites)],
    ...Object.entries(report.decisions).map(([kind, count]) => [`decisions: ${kind}`, String(count)]),
    ['limits back at rest', report.restored ? `yes, after ${seconds(report.secondsToRestore)}` : 'no'],
    ...(report.faults ?? []).map(({ fault, struck }) => [`fault ${fault}`, `struck ${struck} calls`]),
  );
  return table.toString();
}
