import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs, promisify } from 'node:util';
import type { RehearsalReport } from '../local/rehearsal/report.ts';
import { type Scenario, scaledScenario } from '../local/world/scenario.ts';
import { SCENARIOS } from '../local/world/scenarios/index.ts';
import { quiet } from '../local/world/scenarios/quiet.ts';
import type { Scores } from '../local/world/scores.ts';
import { law } from '../shared/control/law.ts';
import { scaledBaseline } from './loop/baseline.ts';
import { runLoop } from './loop/run.ts';
import { table, withGenerated } from './runner/document.ts';
import { benchPolicy } from './runner/policy.ts';

/**
 * Whether the law that wins in the harness wins in the product: every incident of `rehearse`, through a real deploy,
 * packaged Lambdas, SDK, queues and alarms, beside the same world, seed and policy in the harness. `npm run bench:product
 * [-- --scale 1 --seed 1 --write]`; `--write` puts the table into docs/benchmark.md. A difference beyond ALLOWED fails.
 */
interface Comparison {
  readonly name: string;
  readonly harness: Scores;
  readonly product: RehearsalReport;
}

/** Of the goodput ratio. */
const ALLOWED = 0.03;
const PAGE = new URL('../docs/benchmark.md', import.meta.url);
const REHEARSE = new URL('../local/rehearse.ts', import.meta.url).pathname;
const MOST_OUTPUT_BYTES = 1e8;

async function compare(scenario: Scenario, seed: number, scale: number): Promise<Comparison> {
  // First, for it says what is wrong with a scale or a seed.
  const named = ['--scenario', scenario.name, '--seed', String(seed), '--scale', String(scale), '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-semi-space-size=64', REHEARSE, ...named], {
    maxBuffer: MOST_OUTPUT_BYTES,
  });
  const policy = benchPolicy(scale);
  const world = { scenario: scaledScenario(scenario, scale), baseline: scaledBaseline(scale) };
  const harness = await runLoop({ ...world, seed, law, policy });
  return { name: scenario.name, harness, product: JSON.parse(stdout) as RehearsalReport };
}

const differenceOf = ({ harness, product }: Comparison): number => product.goodputRatio - harness.goodputRatio;

function tableOf(comparisons: readonly Comparison[]): string {
  const ratio = (value: number) => value.toFixed(3);
  const rows = comparisons.map((each) => {
    const { name, harness, product } = each;
    const pair = (figure: (scores: Scores) => number) => `${figure(harness)} / ${figure(product)}`;
    return [
      name,
      ratio(harness.goodputRatio),
      ratio(product.goodputRatio),
      ratio(differenceOf(each)),
      pair(({ violationSeconds }) => violationSeconds),
      String(product.stageWrites + product.planWrites),
      String(product.rejectedWrites),
    ];
  });
  const head = ['scenario', 'harness', 'product', 'difference', 'violated s, both', 'writes', 'rejected'];
  return table(head, rows);
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scale: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      write: { type: 'boolean', default: false },
    },
  });
  const [scale, seed] = [Number(values.scale), Number(values.seed)];
  const waiting = [...SCENARIOS.values()].filter((scenario) => scenario !== quiet);
  const comparisons: Comparison[] = [];
  const playNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const comparison = await compare(next, seed, scale);
      comparisons.push(comparison);
      process.stderr.write(`${next.name}: ${differenceOf(comparison).toFixed(3)} apart\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, playNext));
  comparisons.sort((a, b) => a.name.localeCompare(b.name));
  const text = `Scale ${scale}, seed ${seed}.\n\n${tableOf(comparisons)}`;
  console.log(text);
  if (values.write) await writeFile(PAGE, withGenerated(await readFile(PAGE, 'utf8'), 'product', text));
  return comparisons.every((each) => Math.abs(differenceOf(each)) <= ALLOWED) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
