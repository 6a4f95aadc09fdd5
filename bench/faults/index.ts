import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { packagedStack } from '../../tests/support/e2e/in-process-deploy.ts';
import { type Cell, cellsOf } from './cells.ts';
import { matrixPage } from './page.ts';
import type { CellResult } from './play.ts';
import { doAll } from './pool.ts';
import { SCALE } from './scene.ts';

const PAGE = new URL('../../docs/fault-matrix.md', import.meta.url);

/** Words after the command pick cells by what they contain: `npm run faults -- lease calm`. */
const picks = (words: readonly string[]) => (cell: Cell) =>
  words.every((word) => `${cell.dependency} / ${cell.kind} / ${cell.phase}`.includes(word));

function say({ dependency, kind, phase, verdict, complaints }: CellResult, done: number, all: number): void {
  const red = verdict === 'RED' ? `\n    ${complaints.join('\n    ')}` : '';
  process.stderr.write(`${done}/${all} ${dependency} / ${kind} / ${phase}: ${verdict}${red}\n`);
}

/** Plays the fault matrix and writes docs/fault-matrix.md; a part of it is only shown. Red cells are a failure. */
async function main(words: readonly string[]): Promise<number> {
  const { cells, omissions } = cellsOf();
  const picked = cells.filter(picks(words));
  await packagedStack(SCALE); // Packaged once, before the threads ask for it.
  const startMs = performance.now();
  let done = 0;
  const results = await doAll<Cell, CellResult>(
    new URL('./worker.ts', import.meta.url),
    picked,
    Math.max(1, availableParallelism()),
    (result) => say(result, ++done, picked.length),
  );
  const red = results.filter(({ verdict }) => verdict === 'RED').length;
  const seconds = Math.round((performance.now() - startMs) / 1000);
  if (picked.length === cells.length) await writeFile(PAGE, matrixPage(results, omissions));
  else console.log(JSON.stringify(results, undefined, 1));
  console.error(`${results.length} cells in ${seconds} s, ${red} red.`);
  return red > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
