import { withGenerated } from '../runner/page/benchmark-document.ts';
import { table } from '../runner/page/markdown-table.ts';
import type { Ablation } from './ablation.ts';
import type { Figures } from './ablation-figures.ts';
import type { Effect } from './number-effects.ts';

interface Column {
  readonly head: string;
  readonly figure: keyof Figures;
  readonly factor: number;
  readonly digits: number;
}

const COLUMNS: readonly Column[] = [
  { head: 'reach', figure: 'reach', factor: 1, digits: 3 },
  { head: 'harm', figure: 'harm', factor: 1, digits: 3 },
  { head: 'violated s', figure: 'violated', factor: 1, digits: 1 },
  { head: 'false %', figure: 'falseThrottles', factor: 100, digits: 1 },
  { head: 'changes', figure: 'changes', factor: 1, digits: 1 },
  { head: 'rest s', figure: 'rest', factor: 1, digits: 0 },
];

/** A line for each number, and before them the unchanged law and the noise. @param descriptions by name; none: names alone */
export function ablationTable(ablation: Ablation, descriptions: ReadonlyMap<string, string> = new Map()): string {
  const { unchanged, noise, effects } = ablation;
  const described = (name: string) => {
    const description = descriptions.get(name);
    return description === undefined ? `\`${name}\`` : `\`${name}\`: ${description.replaceAll('|', '\\|')}`;
  };
  const rows = effects.map((effect) => [
    described(effect.name),
    String(effect.value),
    effect.tried.join(' / '),
    ...COLUMNS.map((column) => effect.differences.map((figures) => signed(figures, column)).join(' / ')),
    verdict(effect),
  ]);
  return table(
    ['number', 'value', 'tried', ...COLUMNS.map(({ head }) => head), 'effect'],
    [
      ['the unchanged law', '', '', ...COLUMNS.map((column) => shown(unchanged, column)), ''],
      ['noise', '', '', ...COLUMNS.map((column) => shown(noise, column)), '1.0'],
      ...rows,
    ],
  );
}

/** What was played, and how many numbers matter. */
export function ablationSummary({ stories, seeds, noiseSeeds, effects }: Ablation): string {
  const idle = effects.filter(({ matters }) => !matters).length;
  return (
    `Numbers: ${effects.length}, of which ${idle} do not matter. Seeds: ${seeds.join(', ')}; noise from seeds ` +
    `${noiseSeeds.join(' and ')}. Stories:\n${stories.join(',\n')}.`
  );
}

/** docs/ablation.md with its generated part. */
export function ablationPage(page: string, ablation: Ablation, descriptions: ReadonlyMap<string, string>): string {
  return withGenerated(page, 'ablation', `${ablationSummary(ablation)}\n\n${ablationTable(ablation, descriptions)}`);
}

const shown = (figures: Figures, { figure, factor, digits }: Column) => (figures[figure] * factor).toFixed(digits);

function signed(figures: Figures, column: Column): string {
  const text = shown(figures, column);
  if (Number(text) === 0) return '0';
  return text.startsWith('-') ? text.replace('-', '−') : `+${text}`;
}

const verdict = ({ matters, timesNoise }: Effect) => (matters ? timesNoise.toFixed(1) : 'does not matter');
