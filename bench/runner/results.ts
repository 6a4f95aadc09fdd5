import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunResult } from './job.ts';
import { type Row, rowsOf, type Summary, summariesOf } from './summary.ts';

/** The committed results of a full run: rounded figures that are identical between two runs of one source. */
export interface Results {
  readonly seeds: readonly number[];
  readonly scenarios: readonly {
    readonly name: string;
    readonly title: string;
    /** No limit can shorten its failures. */
    readonly isUnavoidable?: boolean;
  }[];
  readonly rows: readonly Row[];
  readonly summaries: readonly Summary[];
}

export const RESULTS_FOLDER = fileURLToPath(new URL('../results/', import.meta.url));
export const RESULTS_FILE = `${RESULTS_FOLDER}results.json`;

export function resultsOf(
  runs: readonly RunResult[],
  seeds: readonly number[],
  scenarios: Results['scenarios'],
): Results {
  const rows = rowsOf(runs);
  const unavoidable = new Set(scenarios.filter(({ isUnavoidable }) => isUnavoidable).map(({ name }) => name));
  return { seeds, scenarios, rows: rows.map(rounded), summaries: summariesOf(rows, unavoidable).map(rounded) };
}

/** Rounds to four places; further digits are noise. */
function rounded<Figures extends object>(figures: Figures): Figures {
  const entries = Object.entries(figures).map(([name, value]) => {
    if (typeof value === 'number') return [name, Math.round(value * 1e4) / 1e4] as const;
    return [name, typeof value === 'object' && value !== null ? rounded(value) : value] as const;
  });
  return Object.fromEntries(entries) as Figures;
}

/** One row a line: a change shows as a change of few lines. */
export function writeResults(results: Results, file = RESULTS_FILE): void {
  const lines = (list: readonly object[]) => list.map((each) => `    ${JSON.stringify(each)}`).join(',\n');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `{
  "seeds": ${JSON.stringify(results.seeds)},
  "scenarios": [\n${lines(results.scenarios)}\n  ],
  "summaries": [\n${lines(results.summaries)}\n  ],
  "rows": [\n${lines(results.rows)}\n  ]
}
`,
  );
}

export function readResults(file = RESULTS_FILE): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}
