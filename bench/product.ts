import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { NOWHERE, sealedEnvironment } from '../rehearsal/deploy/sealed-environment.ts';
import { commandLine } from '../rehearsal/laptop-command.ts';
import type { RehearsalReport } from '../rehearsal/run/rehearsal-report.ts';
import { type Scenario, scaledScenario } from '../rehearsal/world/scenario.ts';
import { SCENARIOS } from '../rehearsal/world/scenarios/index.ts';
import { quiet } from '../rehearsal/world/scenarios/quiet.ts';
import type { Scores } from '../rehearsal/world/scores.ts';
import { law } from '../shared/law/law.ts';
import { scaledBaseline } from './loop/baseline.ts';
import { runLoop } from './loop/run.ts';
import { positiveNumber, wholeNumbers } from './runner/numbers.ts';
import { withGenerated } from './runner/page/benchmark-document.ts';
import { table } from './runner/page/markdown-table.ts';
import { benchPolicy } from './runner/policy.ts';

/**
 * Whether the law that wins in the harness wins in the product: every incident of `rehearse`, through a real deploy,
 * packaged Lambdas, SDK, queues and alarms, beside the same world, seeds and policy in the harness. `npm run bench:product
 * [-- --scale 1 --seeds 1,2,3 --write]`; `--write` puts the table into docs/benchmark.md. A mean difference beyond ALLOWED fails.
 */
interface Comparison {
  readonly harness: Scores;
  readonly product: RehearsalReport;
}

/** One incident with each of the seeds. */
interface Incident {
  readonly name: string;
  readonly runs: readonly Comparison[];
}

/** Of the goodput ratio, in the mean over the seeds: delays are drawn apart, so a single pair of runs differs by chance. */
const ALLOWED = 0.03;
const PAGE = new URL('../docs/benchmark.md', import.meta.url);
const REHEARSE = new URL('../rehearsal/rehearse.ts', import.meta.url).pathname;
const MOST_OUTPUT_BYTES = 1e8;

async function compare(scenario: Scenario, seed: number, scale: number): Promise<Comparison> {
  // First, for it says what is wrong with a scale or a seed.
  const named = ['--scenario', scenario.name, '--seed', String(seed), '--scale', String(scale), '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-semi-space-size=64', REHEARSE, ...named], {
    env: sealedEnvironment(process.env, NOWHERE),
    maxBuffer: MOST_OUTPUT_BYTES,
  });
  const policy = benchPolicy(scale);
  const world = { scenario: scaledScenario(scenario, scale), baseline: scaledBaseline(scale) };
  const harness = await runLoop({ ...world, seed, law, policy });
  return { harness, product: JSON.parse(stdout) as RehearsalReport };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const differenceOf = ({ harness, product }: Comparison): number => product.goodputRatio - harness.goodputRatio;
const meanDifference = ({ runs }: Incident): number => mean(runs.map(differenceOf));

function tableOf(incidents: readonly Incident[]): string {
  const rows = incidents.map((incident) => {
    const { name, runs } = incident;
    const over = (figure: (run: Comparison) => number, digits = 3) => mean(runs.map(figure)).toFixed(digits);
    return [
      name,
      over(({ harness }) => harness.goodputRatio),
      over(({ product }) => product.goodputRatio),
      meanDifference(incident).toFixed(3),
      runs.map((run) => differenceOf(run).toFixed(3)).join(' '),
      `${over(({ harness }) => harness.violationSeconds, 0)} / ${over(({ product }) => product.violationSeconds, 0)}`,
      over(({ product }) => product.stageWrites + product.planWrites, 0),
      String(runs.reduce((sum, { product }) => sum + product.rejectedWrites, 0)),
    ];
  });
  return table(
    ['scenario', 'harness', 'product', 'difference', 'by seed', 'violated s, both', 'writes', 'rejected'],
    rows,
  );
}

/** All incidents with all seeds, as many at a time as there are cores. */
async function playAll(seeds: readonly number[], scale: number): Promise<Incident[]> {
  const scenarios = [...SCENARIOS.values()].filter((scenario) => scenario !== quiet);
  const waiting = scenarios.flatMap((scenario) => seeds.map((seed) => ({ scenario, seed })));
  const played: { name: string; seed: number; run: Comparison }[] = [];
  const playNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const run = await compare(next.scenario, next.seed, scale);
      played.push({ name: next.scenario.name, seed: next.seed, run });
      process.stderr.write(`${next.scenario.name} ${next.seed}: ${differenceOf(run).toFixed(3)} apart\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, playNext));
  const inOrder = played.toSorted((a, b) => a.name.localeCompare(b.name) || a.seed - b.seed);
  return [...Map.groupBy(inOrder, ({ name }) => name)].map(([name, runs]) => ({
    name,
    runs: runs.map(({ run }) => run),
  }));
}

interface ProductOptions {
  readonly scale: number;
  readonly seeds: readonly number[];
  readonly write: boolean;
}

function optionsOf(args: readonly string[]): ProductOptions {
  return commandLine('npm run bench:product --')
    .description('Runs every incident in the product and in the benchmark, and compares the scores.')
    .option('--scale <factor>', 'multiplies demand, capacity and limits together', positiveNumber, 1)
    .option('--seeds <numbers>', 'these seeds, separated by commas', wholeNumbers, [1, 2, 3])
    .option('--write', 'put the table into docs/benchmark.md', false)
    .parse([...args], { from: 'user' })
    .opts<ProductOptions>();
}

async function main(args: readonly string[]): Promise<number> {
  const { scale, seeds, write } = optionsOf(args);
  const incidents = await playAll(seeds, scale);
  const text = `Scale ${scale}, seeds ${seeds.join(', ')}.\n\n${tableOf(incidents)}`;
  console.log(text);
  if (write) await writeFile(PAGE, withGenerated(await readFile(PAGE, 'utf8'), 'product', text));
  return incidents.every((incident) => Math.abs(meanDifference(incident)) <= ALLOWED) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
