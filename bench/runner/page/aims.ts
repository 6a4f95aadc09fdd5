import type { TierName } from '../../../shared/platform/units.ts';
import { tierPolicyOf } from '../../../shared/policy/schema/policy-schema.ts';
import { benchPolicy } from '../policy.ts';
import type { Results } from '../results.ts';
import { YARDSTICK } from '../soundness.ts';
import type { Row, Summary } from '../summary.ts';
import { table } from './markdown-table.ts';

/** From this size on limits follow averages; below it chance rules, and aims are lower. */
const SMALL = 0.05;
const OURS = 'tidegate';

const aimOfHarm = (size: number): number => (size < SMALL ? 0.95 : 0.98);
/** Below this much of what was due to a tier there was, its usual demand was short. */
const SHORT = 0.99;

/** A tier that control served less than static limits would by more than is allowed. */
export interface Harm {
  readonly size: number;
  readonly scenario: string;
  readonly tier: TierName;
  readonly ratio: number;
  /** Why it does not count; null: it counts. */
  readonly excuse: string | null;
}

/** Every tier of every story whose ratio is below the aim, ours first where it counts. */
export function harmsOf(rows: readonly Row[], law = OURS): Harm[] {
  const bound = new Map(
    rows.filter((row) => row.law === YARDSTICK).map((row) => [`${row.size} ${row.scenario}`, row] as const),
  );
  const harms = rows
    .filter((row) => row.law === law)
    .flatMap((row) =>
      Object.entries(row.harmRatioByTier ?? {})
        .filter(([, ratio]) => ratio < aimOfHarm(row.size))
        .map(([tier, ratio]): Harm => {
          const { size, scenario } = row;
          return { size, scenario, tier, ratio, excuse: excuseOf(row, tier, bound.get(`${size} ${scenario}`)) };
        }),
    );
  return harms.toSorted((a, b) => Number(a.excuse !== null) - Number(b.excuse !== null) || a.ratio - b.ratio);
}

function excuseOf(row: Row, tier: TierName, bound: Row | undefined): string | null {
  const isSound = bound?.reach === 1;
  if (isSound && (bound.harmRatioByTier?.[tier] ?? 1) < aimOfHarm(row.size)) return 'perfect does as much harm';
  const policy = benchPolicy();
  const weightOf = (name: TierName) => tierPolicyOf(policy, name).weight;
  const heavier = Object.entries(row.dueGrantedByTier).filter(([name]) => weightOf(name) > weightOf(tier));
  const isLastInLine = heavier.length > 0 && heavier.every(([, granted]) => granted < SHORT);
  return isLastInLine ? 'all heavier tiers were short of their usual demand' : null;
}

interface Aim {
  readonly figure: string;
  readonly aims: readonly [string, string];
  readonly of: (summary: Summary, results: Results) => string;
}

const figure = (value: number | null, digits = 3) => (value === null ? '–' : value.toFixed(digits));
const percent = (value: number) => `${(value * 100).toFixed(1)} %`;

const AIMS: readonly Aim[] = [
  { figure: '`harmRatio`, worst story that counts', aims: ['≥ 0.98', '≥ 0.95'], of: worstHarmThatCounts },
  { figure: '`secondsToRest`, worst story', aims: ['≤ 600', '≤ 900'], of: restOf },
  { figure: 'honest served, mean, below `perfect` by', aims: ['≤ 0.03 per tier', '≤ 0.06'], of: honestOf },
  {
    figure: 'reach, mean / worst',
    aims: ['≥ 0.95 / 0.85', '≥ 0.92 / 0.75'],
    of: (each) => `${figure(each.meanReach)} / ${figure(each.worstReach)} (${each.worstReachIn})`,
  },
  {
    figure: 'violated s beyond `perfect` and `static`, mean / worst',
    aims: ['≤ 10 / 60', '≤ 20 / 90'],
    of: (each) => `${figure(each.meanViolationSecondsBeyond, 1)} / ${figure(each.worstViolationSecondsBeyond, 0)}`,
  },
  { figure: 'false throttles, mean', aims: ['≤ 3 %', '≤ 6 %'], of: (each) => percent(each.meanFalseThrottles) },
  { figure: 'changes per half hour, mean', aims: ['≤ 30', '≤ 30'], of: (each) => figure(each.changesPerHalfHour, 1) },
];

function worstHarmThatCounts({ size, law }: Summary, { rows }: Results): string {
  const [worst] = harmsOf(rows, law).filter((harm) => harm.size === size && harm.excuse === null);
  return worst ? `${figure(worst.ratio, 2)} (${worst.scenario}, ${worst.tier})` : 'met';
}

function restOf({ secondsToRest, restIn }: Summary): string {
  return restIn === null ? '–' : `${secondsToRest ?? 'never'} (${restIn})`;
}

function honestOf({ honestGapByTier }: Summary): string {
  return Object.entries(honestGapByTier ?? {})
    .map(([tier, gap]) => `${tier} ${figure(gap, 2)}`)
    .join(', ');
}

/** What was aimed at and reached, by size, and the harm that does not count by name. */
export function aimsTable(results: Results): string {
  const summaries = results.summaries.filter(({ law, size }) => law === OURS && size !== undefined);
  if (summaries.length === 0) return 'Not yet measured: `npm run bench -- --write`.';
  const head = ['figure', ...summaries.map(({ size }) => `size ${size}`), 'aim', 'aim at 0.02'];
  const rows = AIMS.map(({ figure: name, aims, of }) => [name, ...summaries.map((each) => of(each, results)), ...aims]);
  const excused = harmsOf(results.rows).filter(({ excuse }) => excuse !== null);
  const lines = excused.map(
    ({ size, scenario, tier, ratio, excuse }) =>
      `- ${scenario} at size ${size}, ${tier}: ${figure(ratio, 2)}; ${excuse}.`,
  );
  const unsound = results.rows.filter(({ law, reach }) => law === YARDSTICK && reach !== null && reach !== 1);
  const gated = unsound.map(({ scenario, size }) => `${scenario} at size ${size}`);
  return [
    table(head, rows),
    `Harm that does not count:${lines.length > 0 ? `\n\n${lines.join('\n')}` : ' none.'}`,
    `Held against the gate, for \`perfect\` is not sound there: ${gated.join(', ') || 'none'}.`,
  ].join('\n\n');
}
