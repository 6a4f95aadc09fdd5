import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { scaledScenario } from '../local/world/scenario.ts';
import { SCENARIOS } from '../local/world/scenarios/index.ts';
import type { SecondSnapshot } from '../local/world/snapshot.ts';
import { law } from '../shared/control/law.ts';
import type { Limits } from '../shared/platform/units.ts';
import { type Policy, policySchema } from '../shared/policy/schema.ts';
import { scaledBaseline } from './loop/baseline.ts';
import { type LoopResult, runLoop } from './loop/run.ts';

/**
 * The law in the loop with the world, without HTTP, and how it fared:
 * `node bench/lab.ts [--scenarios a,b] [--seeds 1,2,3] [--scale S] [--mode shadow] [--jobs N] [--trace]`.
 * `--trace` prints every conclusion, and every tenth second what flowed and what was enforced.
 */
interface Job {
  readonly scenario: string;
  readonly seed: number;
  readonly scale: number;
  readonly mode: Policy['mode'];
  readonly trace: boolean;
}

const POLICY_FILE = new URL('../config/policies/default.json', import.meta.url);
const TRACE_EVERY_SECONDS = 10;

async function play({ scenario: name, seed, scale, mode, trace }: Job): Promise<LoopResult> {
  const found = SCENARIOS.get(name);
  if (found === undefined)
    throw new RangeError(`No scenario "${name}"; there are ${[...SCENARIOS.keys()].join(', ')}.`);
  const document: unknown = JSON.parse(readFileSync(POLICY_FILE, 'utf8'));
  const policy = policySchema.parse({ ...(document as object), api: 'bench/stage', mode });
  return runLoop({
    scenario: scaledScenario(found, scale),
    seed,
    law,
    policy,
    baseline: scaledBaseline(scale),
    ...(trace && {
      onConclusion: ({ kind, rule, reason, guard }, second) =>
        console.log(`${second.toFixed(1).padStart(7)} ${kind} ${rule}: ${reason} ${guard ?? ''}`),
      onSecond: (snapshot, enforced) => traceSecond(snapshot, enforced),
    }),
  });
}

function traceSecond({ second, tiers, latencyP90Ms, backlogSeconds }: SecondSnapshot, enforced: Limits): void {
  if (second % TRACE_EVERY_SECONDS !== TRACE_EVERY_SECONDS - 1) return;
  const flows = Object.entries(tiers).map(
    ([tier, { offered, admitted, served }]) => `${tier} ${figure(offered)}/${figure(admitted)}/${figure(served)}`,
  );
  const limits = [enforced.stage, enforced.tiers].map((group) =>
    Object.entries(group).map(([key, { rateRps, burst }]) => `${key} ${figure(rateRps)}:${burst}`),
  );
  console.log(
    [
      String(second).padStart(6),
      ...flows,
      `latency ${latencyP90Ms} ms`,
      `queue ${backlogSeconds.toFixed(2)} s |`,
      ...(limits[0] ?? []),
      '|',
      ...(limits[1] ?? []),
    ].join('  '),
  );
}

const figure = (value: number) => String(Math.round(value * 10) / 10);

function row({ scenario, seed }: Job, result: LoopResult): string {
  const { goodputRatio, honestPremiumServed, violationSeconds, falseThrottleRatio, restored } = result;
  const byTier = Object.entries(result.goodputRatioByTier).map(([tier, ratio]) => `${tier[0]}${ratio.toFixed(2)}`);
  return [
    scenario.padEnd(14),
    String(seed).padStart(4),
    goodputRatio.toFixed(3).padStart(8),
    honestPremiumServed.toFixed(3).padStart(8),
    String(violationSeconds).padStart(6),
    falseThrottleRatio.toFixed(3).padStart(6),
    `${result.stageWrites}+${result.planWrites}`.padStart(8),
    restored ? 'yes' : 'NO ',
    byTier.join(' '),
  ].join(' ');
}

function optionsOf(args: readonly string[]): { jobs: Job[]; workers: number } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenarios: { type: 'string', default: [...SCENARIOS.keys()].join(',') },
      seeds: { type: 'string', default: '1' },
      scale: { type: 'string', default: '1' },
      mode: { type: 'string', default: 'enforce' },
      jobs: { type: 'string', default: '2' },
      trace: { type: 'boolean', default: false },
    },
  });
  const mode = policySchema.shape.mode.parse(values.mode);
  const jobs = values.scenarios.split(',').flatMap((scenario) =>
    values.seeds.split(',').map((seed) => ({
      scenario,
      seed: Number(seed),
      scale: Number(values.scale),
      mode,
      trace: values.trace,
    })),
  );
  return { jobs, workers: values.trace ? 1 : Number(values.jobs) };
}

/** One job after another on a few threads; rows come in the order of the jobs. */
async function runAll(jobs: readonly Job[], workers: number): Promise<LoopResult[]> {
  const results: LoopResult[] = [];
  let next = 0;
  const runner = async () => {
    for (let index = next++; index < jobs.length; index = next++) {
      const worker = new Worker(new URL(import.meta.url), { workerData: jobs[index] });
      const [result] = (await once(worker, 'message')) as [LoopResult];
      results[index] = result;
    }
  };
  await Promise.all(Array.from({ length: workers }, runner));
  return results;
}

function mean(results: readonly LoopResult[], of: (result: LoopResult) => number): string {
  return (results.reduce((sum, result) => sum + of(result), 0) / results.length).toFixed(3);
}

async function main(): Promise<void> {
  const { jobs, workers } = optionsOf(process.argv.slice(2));
  const results = await runAll(jobs, workers);
  console.log('scenario       seed  goodput  premium violat  false   writes back by tier');
  jobs.forEach((job, index) => {
    const result = results[index];
    if (result !== undefined) console.log(row(job, result));
  });
  const goodput = mean(results, ({ goodputRatio }) => goodputRatio);
  console.log(`mean goodput ${goodput}, honest premium ${mean(results, (result) => result.honestPremiumServed)}`);
}

if (isMainThread) await main();
else parentPort?.postMessage(await play(workerData as Job));
