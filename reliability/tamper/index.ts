import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { packagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import { commandLine } from '../../rehearsal/laptop-command.ts';
import { doAll } from '../faults/cell-pool.ts';
import { SCALE } from '../faults/scene.ts';
import { arrange } from './arrange.ts';
import { groupsOf, type TamperGroup } from './cells/cell-groups.ts';
import { grantsWithoutSpecimen } from './cells/role-grants.ts';
import type { TamperCell } from './cells/tamper-cells.ts';
import { playFlood } from './flood.ts';
import { JUDGED, type SurgeRun } from './judge-flood.ts';
import { type PlayedGroup, summaryOf, tamperPage } from './tamper-page.ts';
import type { NamedResult } from './tamper-worker.ts';

const PAGE = new URL('../../docs/tamper.md', import.meta.url);
interface Options {
  readonly only: RegExp;
  readonly json: boolean;
}

/** Plays what the pattern picks, two clouds at a time. */
async function tamper({ only, json }: Options): Promise<number> {
  const stack = await packagedStack(SCALE); // Packaged once, before the threads ask for it.
  const stage = await arrange(stack);
  const gaps = grantsWithoutSpecimen(stack.template, stage.specimens);
  const all = await groupsOf(stage);
  await stage.scene.cloud.close();
  const picked = all.filter(({ played, shared }) => [played.name, ...shared].some((name) => only.test(name)));
  const groups = await play(picked);
  const summary = summaryOf(groups);
  if (json) console.log(JSON.stringify({ ...summary, gaps, plays: groups.map(({ result }) => result) }, undefined, 1));
  else console.log(tamperPage(groups));
  for (const gap of gaps) console.error(gap);
  if (picked.length === all.length) await writeFile(PAGE, tamperPage(groups));
  return summary.verdicts.RED > 0 || gaps.length > 0 ? 1 : 0;
}

async function play(groups: readonly TamperGroup[]): Promise<PlayedGroup[]> {
  const startMs = performance.now();
  let done = 0;
  const results = await doAll<TamperCell, NamedResult>(
    new URL('./tamper-worker.ts', import.meta.url),
    groups.map(({ played }) => played),
    Math.max(1, availableParallelism()),
    ({ name, verdict, complaints }) => {
      const seconds = Math.round((performance.now() - startMs) / 1000);
      process.stderr.write(
        `${++done}/${groups.length} ${name}: ${[verdict, ...complaints].join('; ')} (${seconds} s)\n`,
      );
    },
  );
  return groups.map((group, index) => ({ ...group, result: results[index] as NamedResult }));
}

async function flood({ json }: Options): Promise<number> {
  const result = await playFlood();
  const { calm, flooded, complaints } = result;
  if (json) console.log(JSON.stringify(result, undefined, 1));
  else {
    console.table({ 'without the flood': rowOf(calm), 'with the flood': rowOf(flooded) });
    console.log(`Plan writes without the flood: ${describe(calm)}.`);
    console.log(`Plan writes with the flood:    ${describe(flooded)}.`);
    console.log(JUDGED);
  }
  for (const complaint of complaints) console.error(complaint);
  return complaints.length > 0 ? 1 : 0;
}

function rowOf({ forgedEvents, decisions, crowded, secondsToMitigate, secondsToFirstPlanWrite, waits }: SurgeRun) {
  const longest = Math.max(0, ...waits.map(({ waitedSeconds }) => waitedSeconds));
  return {
    'forged look-nows': forgedEvents,
    decisions,
    'held for too many calls': crowded,
    'mitigated after (s)': secondsToMitigate,
    'first plan written after (s)': secondsToFirstPlanWrite,
    'longest wait for a plan write (s)': longest,
  };
}

/** When each plan was written, and how long its change had waited while AWS would have accepted the write. */
function describe({ waits }: SurgeRun): string {
  const texts = waits.map(({ tier, atSecond, waitedSeconds, end }) => {
    return `${tier} ${end === 'written' ? '' : `${end} `}at ${atSecond} s (waited ${waitedSeconds} s)`;
  });
  return texts.join(', ');
}

function expression(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(`Expected a regular expression, found "${text}" (${(error as Error).message}).`);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const options = commandLine('npm run tamper --')
    .description(
      'Damages every field of every item that a function may write, one after the other, and plays a surge and a kill ' +
        'after each. A whole run writes docs/tamper.md. Ends with 1 when a cell is red.',
    )
    .option(
      '--only <pattern>',
      'play the cells whose names match this regular expression: "lease / until"',
      expression,
      /(?:)/,
    )
    .option(
      '--flood',
      'instead: play a surge without and with 600 forged look-nows; ends with 1 when the flood delays anything',
      false,
    )
    .option('--json', 'print the results as JSON', false)
    .parse([...args], { from: 'user' })
    .opts<Options & { readonly flood: boolean }>();
  return options.flood ? await flood(options) : await tamper(options);
}

process.exitCode = await main(process.argv.slice(2));
