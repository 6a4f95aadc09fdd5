import type { Tuning } from '../../laws/rivals/tuning.ts';
import { TUNING_SIZE } from '../../scenarios/size.ts';
import type { Results } from '../results.ts';
import { YARDSTICK } from '../soundness.ts';
import type { Row, Summary } from '../summary.ts';
import { aimsTable } from './aims.ts';
import { table } from './markdown-table.ts';

/** The product with log windows, and with minute metrics alone, each beside one that knows all as late: the target table. */
const OURS = 'tidegate';
const MINUTES = 'tidegate-minutes';
const COLUMNS = [
  { law: OURS, late: 'perfect-20s-late' },
  { law: MINUTES, late: 'perfect-180s-late' },
] as const;
const isRival = (law: string) => !law.startsWith(OURS) && !law.startsWith(YARDSTICK);

const ratio = (value: number | null | undefined) => (value === null || value === undefined ? '–' : value.toFixed(3));
const count = (value: number) => (Math.round(value * 10) / 10).toString();
const percent = (value: number) => `${(value * 100).toFixed(1)} %`;

interface Target {
  readonly figure: string;
  readonly of: (summary: Summary) => string;
  readonly aims: readonly [string, string];
}

const TARGETS: readonly Target[] = [
  { figure: 'reach, mean over scenarios', of: (each) => ratio(each.meanReach), aims: ['≥ 0.98', '≥ 0.89'] },
  {
    figure: 'reach, worst scenario',
    of: (each) => `${ratio(each.worstReach)} (${each.worstReachIn ?? '–'})`,
    aims: ['≥ 0.94', '≥ 0.65'],
  },
  {
    figure: 'premium within its guarantee, below the bound by',
    of: (each) => ratio(each.premiumGap),
    aims: ['≤ 0.01', '≤ 0.08'],
  },
  {
    figure: 'seconds of violated objective, mean / worst scenario',
    of: (each) => `${count(each.meanViolationSeconds)} / ${count(each.worstViolationSeconds)}`,
    aims: ['≤ 12 / ≤ 45', '≤ 40 / ≤ 250'],
  },
  {
    figure: 'false throttles, mean / worst scenario',
    of: (each) => `${percent(each.meanFalseThrottles)} / ${percent(each.worstFalseThrottles)}`,
    aims: ['≤ 2 % / ≤ 6 %', '≤ 5 % / ≤ 12 %'],
  },
  { figure: 'limit changes per half hour, mean', of: (each) => count(each.changesPerHalfHour), aims: ['≤ 30', '≤ 16'] },
];

/** The table of aims and results, with log windows and with minute metrics alone. */
export function targetTable({ summaries }: Results): string {
  const figureOf = (law: string, of: (summary: Summary) => string) => {
    const summary = summaries.find((each) => each.law === law);
    return summary ? of(summary) : '–';
  };
  const rows = TARGETS.map(({ figure, of, aims }) => [
    figure,
    ...COLUMNS.flatMap(({ law, late }, index) => [figureOf(law, of), aims[index] ?? '', figureOf(late, of)]),
  ]);
  return table(
    [
      'figure',
      'log windows, 10 s old',
      'aim',
      'all known 20 s late',
      'minute metrics alone',
      'aim',
      'all known 180 s late',
    ],
    rows,
  );
}

/** Every law over all scenarios. */
export function lawTable({ summaries }: Results): string {
  const head = [
    'law',
    'stress ratio',
    'reach',
    'worst',
    'premium gap',
    'violated s',
    'worst',
    'false throttles',
    'changes',
  ];
  const rows = summaries.map((each) => [
    each.law,
    ratio(each.stressRatio),
    ratio(each.meanReach),
    ratio(each.worstReach),
    ratio(each.premiumGap),
    count(each.meanViolationSeconds),
    count(each.worstViolationSeconds),
    percent(each.meanFalseThrottles),
    count(each.changesPerHalfHour),
  ]);
  return table(head, rows);
}

/** Every scenario: the bound's stress ratio, ours against it, and the best rival. */
export function scenarioTable(results: Results): string {
  const head = [
    'scenario',
    'perfect',
    'reach',
    '30 s old',
    'streams',
    'minutes',
    'violated s',
    'false',
    'changes',
    'best rival',
  ];
  const rows = results.scenarios.map(({ name }) => {
    const row = (law: string) => rowIn(results, name, law);
    const [ours, rival] = [row(OURS), bestRival(results, name)];
    return [
      `[${name}](../bench/results/${name}.svg)`,
      ratio(row(YARDSTICK)?.stressRatio),
      ratio(ours?.reach),
      ratio(row('tidegate-30s')?.reach),
      ratio(row('tidegate-streams')?.reach),
      ratio(row(MINUTES)?.reach),
      ours ? count(ours.violationSeconds) : '–',
      ours ? percent(ours.falseThrottleRatio) : '–',
      ours ? count(ours.changesPerHalfHour) : '–',
      rival ? `${rival.law} ${ratio(rival.reach)}` : '–',
    ];
  });
  return table(head, rows);
}

const rowIn = ({ rows }: Results, scenario: string, law: string): Row | undefined =>
  rows.find((row) => row.scenario === scenario && row.law === law);

function bestRival({ rows }: Results, scenario: string): Row | undefined {
  return rows
    .filter((row) => row.scenario === scenario && isRival(row.law))
    .toSorted((a, b) => b.stressRatio - a.stressRatio)[0];
}

/** Where a rival serves more than ours does, beyond the noise of the last digit; one line each. */
export function beatenIn(results: Results): string {
  const lines = results.scenarios.flatMap(({ name }) => {
    const [ours, rival] = [rowIn(results, name, OURS), bestRival(results, name)];
    if (!ours || !rival || rival.stressRatio <= ours.stressRatio + 0.0005) return [];
    return [
      `- ${name}: ${rival.law} ${ratio(rival.stressRatio)} with ${count(rival.violationSeconds)} s violated, ours ${ratio(ours.stressRatio)} with ${count(ours.violationSeconds)} s.`,
    ];
  });
  return lines.length > 0 ? lines.join('\n') : 'None.';
}

/** Each rival's settings and how they did on the tuning seeds, the chosen one first. */
export function tuningTable({ seeds, means }: Tuning): string {
  const groups = Map.groupBy(Object.entries(means), ([name]) => name.slice(0, name.indexOf(':')));
  const rows = [...groups].map(([law, settings]) => {
    const ranked = settings.toSorted(([, a], [, b]) => b - a);
    const shown = ranked.map(([name, mean]) => `${name.slice(law.length + 1).replace(':', ', ')} ${ratio(mean)}`);
    return [law, shown[0] ?? '', shown.slice(1).join('; ')];
  });
  return `Seeds ${seeds.join(', ')}.\n\n${table(['law', 'chosen', 'others'], rows)}`;
}

/** Puts `content` between the markers `<!-- name -->` and `<!-- /name -->`. @throws Error when they are not there. */
export function withGenerated(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`Expected ${begin} and, after it, ${end}.`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/** The results at the size at which every law is played. */
function atOneSize(results: Results): Results {
  const isThere = ({ size = TUNING_SIZE }: { readonly size?: number }) => size === TUNING_SIZE;
  return { ...results, rows: results.rows.filter(isThere), summaries: results.summaries.filter(isThere) };
}

/** docs/benchmark.md with every generated part as the results say. */
export function benchmarkPage(page: string, all: Results, tuning: Tuning): string {
  const results = atOneSize(all);
  const parts = {
    aims: aimsTable(all),
    targets: targetTable(results),
    laws: lawTable(results),
    scenarios: scenarioTable(results),
    beaten: beatenIn(results),
    tuning: tuningTable(tuning),
  };
  return Object.entries(parts).reduce((text, [name, content]) => withGenerated(text, name, content), page);
}

/** README.md's part: the targets. */
export function readmePage(page: string, results: Results): string {
  return withGenerated(page, 'benchmark', targetTable(atOneSize(results)));
}
