import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { commandLine } from '../../rehearsal/laptop-command.ts';
import { AT_EVERY_SIZE, COMPARED, LAWS } from '../laws/index.ts';
import type { OtherNumbers } from '../laws/other-numbers.ts';
import { BENCH_SCENARIOS, REPORTING_SEEDS, TUNING_SEEDS } from '../scenarios/index.ts';
import { SIZES, TUNING_SIZE } from '../scenarios/size.ts';
import { otherNumbers, sharesOf, wholeNumberFrom, wholeNumbers } from './numbers.ts';

/** The tuning loop: bounds and static limits come from earlier runs. */
const QUICK_LAWS = ['perfect', 'tidegate', 'static'];

/** Options of runs, whatever is compared. */
export interface PlayOptions {
  readonly seeds: readonly number[];
  readonly threads: number;
  /** Ignore cached results. */
  readonly fresh: boolean;
}

export interface Options extends PlayOptions {
  readonly scenarios: readonly string[];
  readonly laws: readonly string[];
  readonly sizes: readonly number[];
  /** Of the laws that are compared without being named. */
  readonly lawsAtEverySize?: readonly string[];
  /** Of the next law, in place of its own. */
  readonly numbers?: OtherNumbers;
  readonly trace: boolean;
  /** Fail where a law beats `perfect`. */
  readonly check: boolean;
  /** Print JSON instead of tables. */
  readonly json: boolean;
  /** Keep the results, draw the scenarios and write the documents' tables. */
  readonly write: boolean;
}

interface TypedPlay {
  readonly seeds?: readonly number[];
  readonly quick: boolean;
  readonly jobs: number;
  readonly fresh: boolean;
}

interface Typed extends TypedPlay {
  readonly scenario?: string;
  readonly law?: string;
  readonly size?: readonly number[];
  readonly numbers?: OtherNumbers;
  readonly tuning: boolean;
  readonly trace: boolean;
  readonly check: boolean;
  readonly json: boolean;
  readonly write: boolean;
}

/** Reads the command line of `npm run bench`; prints help or what is wrong, and exits, as `commandLine` does. */
export function optionsOf(args: readonly string[], command = commandLine('npm run bench --')): Options {
  const typed = withPlayOptions(command.description('Compares the laws in closed loop with the world.'))
    .option('--scenario <names>', 'these scenarios, separated by commas, instead of all')
    .option('--law <names>', 'these laws, separated by commas, instead of those that are compared')
    .option('--size <shares>', `these sizes, separated by commas, instead of ${SIZES.join(', ')}`, sharesOf)
    .option('--numbers <pairs>', 'name=value, separated by commas: other numbers for the next law', otherNumbers)
    .option('--tuning', 'play the seeds for tuning', false)
    .option('--trace', 'one thread, every conclusion printed', false)
    .option('--check', 'fail where a law beats perfect knowledge, or static limits serve more', false)
    .option('--json', 'print JSON instead of tables', false)
    .option(
      '--write',
      'keep bench/results, draw every scenario, write the tables of docs/benchmark.md and README.md',
      false,
    )
    .parse([...args], { from: 'user' })
    .opts<Typed>();
  const { scenario, law, size, numbers, tuning, quick, trace, check, json, write } = typed;
  if (write && (quick || (scenario ?? law ?? size ?? numbers ?? typed.seeds) !== undefined)) {
    command.error(
      'error: --write stores the whole comparison. Fix: leave out --scenario, --law, --size, --numbers, --seeds and --quick.',
    );
  }
  const all = BENCH_SCENARIOS.map(({ name }) => name);
  const play = playOptions(typed, tuning || quick ? TUNING_SEEDS : REPORTING_SEEDS);
  const compared = quick ? QUICK_LAWS : COMPARED.map(({ name }) => name);
  return {
    ...play,
    scenarios: chosen(command, { option: 'scenario', names: scenario, all }) ?? all,
    laws: chosen(command, { option: 'law', names: law, all: [...LAWS.keys()] }) ?? compared,
    sizes: size ?? (quick ? [TUNING_SIZE] : SIZES),
    ...(law === undefined && { lawsAtEverySize: AT_EVERY_SIZE }),
    ...(numbers && { numbers }),
    threads: trace ? 1 : play.threads,
    trace,
    check,
    json,
    write,
  };
}

/** Reads the command line of `npm run bench:tune`, as `optionsOf` does. */
export function tuneOptionsOf(args: readonly string[], command = commandLine('npm run bench:tune --')): PlayOptions {
  const described = command.description('Runs every setting of every rival and stores its scores.');
  const typed = withPlayOptions(described)
    .parse([...args], { from: 'user' })
    .opts<TypedPlay>();
  return playOptions(typed, TUNING_SEEDS);
}

function withPlayOptions(command: Command): Command {
  return command
    .option('--seeds <numbers>', 'these seeds, separated by commas', wholeNumbers)
    .option(
      '--quick',
      'the first seed for tuning alone, and of the benchmark ours, perfect and static at size 0.1',
      false,
    )
    .option('--jobs <count>', 'threads', wholeNumberFrom(1), availableParallelism())
    .option('--fresh', 'take nothing from earlier runs', false);
}

function playOptions({ seeds, quick, jobs, fresh }: TypedPlay, usual: readonly number[]): PlayOptions {
  const wanted = seeds ?? usual;
  return { seeds: quick ? wanted.slice(0, 1) : wanted, threads: jobs, fresh };
}

interface Choice {
  readonly option: string;
  /** As typed, separated by commas. */
  readonly names: string | undefined;
  readonly all: readonly string[];
}

/** The names that were typed, in the order of all; undefined if the option was left out. An unknown name ends the process. */
export function chosen(command: Command, { option, names, all }: Choice): readonly string[] | undefined {
  if (names === undefined) return undefined;
  const wanted = names.split(',');
  const unknown = wanted.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    command.error(`error: --${option}: "${unknown}" is unknown. Expected one of ${all.join(', ')}.`);
  }
  return all.filter((name) => wanted.includes(name));
}
