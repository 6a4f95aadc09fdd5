import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { COMPARED, LAWS } from '../laws/index.ts';
import { BENCH_SCENARIOS, REPORTING_SEEDS, TUNING_SEEDS } from '../scenarios/bench-scenario.ts';

export interface Options {
  readonly scenarios: readonly string[];
  readonly laws: readonly string[];
  readonly seeds: readonly number[];
  readonly threads: number;
  readonly trace: boolean;
  /** Play what an earlier run has answered again. */
  readonly fresh: boolean;
  /** Print JSON instead of tables. */
  readonly json: boolean;
  /** Keep the results, draw the scenarios and write the documents' tables. */
  readonly write: boolean;
}

/**
 * `--scenario a,b`, `--law a,b`, `--seeds 1,2,3` or `--tuning` (default: the seeds for reporting), `--quick` (the first
 * seed alone), `--jobs N` threads (default: every core), `--trace` (one thread, every conclusion printed),
 * `--fresh` (nothing is taken from earlier runs), `--json` (instead of tables), `--write` (the whole comparison alone:
 * keeps bench/results, draws every scenario, writes the tables of docs/benchmark.md and README.md).
 * @throws Error naming what is unknown and what there is.
 */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string' },
      law: { type: 'string' },
      seeds: { type: 'string' },
      tuning: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      jobs: { type: 'string' },
      trace: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const seeds = values.seeds?.split(',').map(wholeNumber) ?? (values.tuning ? TUNING_SEEDS : REPORTING_SEEDS);
  if (values.write && (values.scenario ?? values.law ?? values.seeds) !== undefined) {
    throw new Error('--write keeps the whole comparison: leave out --scenario, --law and --seeds.');
  }
  const all = BENCH_SCENARIOS.map(({ name }) => name);
  return {
    scenarios: chosen('scenario', values.scenario, all) ?? all,
    laws: chosen('law', values.law, [...LAWS.keys()]) ?? COMPARED.map(({ name }) => name),
    seeds: values.quick ? seeds.slice(0, 1) : seeds,
    threads: values.trace ? 1 : values.jobs === undefined ? availableParallelism() : wholeNumber(values.jobs),
    trace: values.trace,
    fresh: values.fresh,
    json: values.json,
    write: values.write,
  };
}

function chosen(what: string, names: string | undefined, all: readonly string[]): readonly string[] | undefined {
  if (names === undefined) return undefined;
  const wanted = names.split(',');
  const unknown = wanted.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`--${what}: there is no "${unknown}"; there are ${all.join(', ')}.`);
  return all.filter((name) => wanted.includes(name));
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`Expected a whole number of at least 1, found "${text}".`);
  return value;
}
