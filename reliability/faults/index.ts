import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { packagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import { commandLine } from '../../rehearsal/laptop-command.ts';
import { doAll } from './cell-pool.ts';
import { type Cell, cellsOf } from './cells.ts';
import type { CellResult } from './play-cell.ts';
import { matrixPage } from './result-page.ts';
import { SCALE } from './scene.ts';

const PAGE = new URL('../../docs/fault-matrix.md', import.meta.url);

const nameOf = ({ dependency, kind, phase }: Pick<Cell, 'dependency' | 'kind' | 'phase'>): string =>
  `${dependency} / ${kind} / ${phase}`;

function say(result: CellResult, done: number, all: number): void {
  const red = result.verdict === 'RED' ? `\n    ${result.complaints.join('\n    ')}` : '';
  process.stderr.write(`${done}/${all} ${nameOf(result)}: ${result.verdict}${red}\n`);
}

/** Plays the fault matrix and writes docs/fault-matrix.md; a part of it is only shown. Red cells are a failure. */
async function main(args: readonly string[]): Promise<number> {
  const command = commandLine('npm run faults --')
    .description('Runs the fault matrix and writes docs/fault-matrix.md; a part of the matrix is only printed.')
    .argument('[words...]', 'play the cells whose names contain all of these words: lease calm')
    .option('--list', 'print the names of the cells and play none', false)
    .parse([...args], { from: 'user' });
  const { cells, omissions } = cellsOf();
  const picked = cells.filter((cell) => command.args.every((word) => nameOf(cell).includes(word)));
  if (picked.length === 0)
    command.error(`No cell has all of these words in its name: ${command.args.join(' ')}. See --list.`);
  if (command.opts<{ list: boolean }>().list) {
    for (const cell of picked) console.log(nameOf(cell));
    return 0;
  }
  await packagedStack(SCALE); // Packaged once, before the threads ask for it.
  const startMs = performance.now();
  let done = 0;
  const results = await doAll<Cell, CellResult>(
    new URL('./cell-worker.ts', import.meta.url),
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
