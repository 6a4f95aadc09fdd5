import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { commandLine } from '../../rehearsal/laptop-command.ts';
import { LAW_NUMBERS, type NumberName } from '../laws/other-numbers.ts';
import { wholeNumberFrom, wholeNumbers } from '../runner/numbers.ts';
import { chosen } from '../runner/options.ts';
import { TUNING_SEEDS } from '../scenarios/index.ts';
import type { AblationChoice } from './ablation.ts';
import { STORIES } from './ablation-stories.ts';

export interface AblateOptions extends AblationChoice {
  readonly threads: number;
  readonly fresh: boolean;
  readonly json: boolean;
  readonly write: boolean;
}

interface Typed {
  readonly only?: string;
  readonly scenario?: string;
  readonly seeds: readonly number[];
  readonly jobs: number;
  readonly fresh: boolean;
  readonly json: boolean;
  readonly write: boolean;
}

/** Reads the command line of `npm run bench:ablate`; prints help or what is wrong, and exits, as `commandLine` does. */
export function ablateOptionsOf(
  args: readonly string[],
  command = commandLine('npm run bench:ablate --'),
): AblateOptions {
  const { only, scenario, jobs, ...typed } = command
    .description('Shows what each number of the law is worth: plays the law with two other values of each.')
    .option('--only <pattern>', 'numbers whose names match this regular expression, instead of all')
    .option('--scenario <names>', 'these stories of the ablation, separated by commas, instead of all')
    .option('--seeds <numbers>', 'these seeds, separated by commas', wholeNumbers, TUNING_SEEDS.slice(0, 1))
    .option('--jobs <count>', 'threads', wholeNumberFrom(1), availableParallelism())
    .option('--fresh', 'take nothing from earlier runs', false)
    .option('--json', 'print JSON instead of a table', false)
    .option('--write', 'write the table of docs/ablation.md', false)
    .parse([...args], { from: 'user' })
    .opts<Typed>();
  if (typed.write && (only ?? scenario) !== undefined)
    command.error('error: --write stores the whole ablation. Fix: leave out --only and --scenario.');
  return {
    ...typed,
    names: namesMatching(only, command),
    stories: chosen(command, { option: 'scenario', names: scenario, all: STORIES }) ?? STORIES,
    threads: jobs,
  };
}

function namesMatching(pattern: string | undefined, command: Command): NumberName[] {
  const all = Object.keys(LAW_NUMBERS) as NumberName[];
  const expression = pattern === undefined ? /^/ : expressionOf(pattern, command);
  const names = all.filter((name) => expression.test(name));
  if (names.length > 0) return names;
  return command.error(`error: --only: no number matches "${pattern}". Expected a part of one of ${all.join(', ')}.`);
}

function expressionOf(pattern: string, command: Command): RegExp {
  try {
    return new RegExp(pattern);
  } catch {
    return command.error(`error: --only: "${pattern}" is no regular expression. Fix: give a part of a number's name.`);
  }
}
