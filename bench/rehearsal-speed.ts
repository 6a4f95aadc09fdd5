import { performance } from 'node:perf_hooks';
import { createCloud } from '@tidegate/embedded-aws';
import { Argument } from 'commander';
import { deployService } from '../rehearsal/deploy/deploy.ts';
import { commandLine } from '../rehearsal/laptop-command.ts';
import { inspectGateway } from '../rehearsal/run/inspection.ts';
import { runRehearsal } from '../rehearsal/run/run-rehearsal.ts';
import type { Scenario } from '../rehearsal/world/scenario.ts';
import { quiet } from '../rehearsal/world/scenarios/quiet.ts';
import { seedSurge } from '../rehearsal/world/scenarios/seed-surge.ts';

/**
 * How many simulated seconds pass in one second of the wall, and in one of the processor, which tells more on a busy
 * machine: `npm run bench:speed [-- case …]`, in about a minute. Measured from the scenario's onset on; deploying
 * and preparing do not count.
 */
interface Case {
  readonly name: string;
  readonly scenario: Scenario;
  readonly scale: number;
  /** Length of the measurement: past the warm-up, but short. */
  readonly untilSecond: number;
}

const CASES: readonly Case[] = [
  { name: 'calm-0.05', scenario: quiet, scale: 0.05, untilSecond: 900 },
  { name: 'incident-0.05', scenario: seedSurge, scale: 0.05, untilSecond: 720 },
  { name: 'calm-1', scenario: quiet, scale: 1, untilSecond: 120 },
  { name: 'incident-1', scenario: seedSurge, scale: 1, untilSecond: 270 },
];
const SEED = 1;

async function speedOf({ scenario, scale, untilSecond }: Case): Promise<{ perWall: number; perProcessor: number }> {
  const { aws, clock, endpoint, services, close } = await createCloud({ seed: SEED, port: 0 });
  const taken = () => ({ wallMs: performance.now(), processorMs: processorMs() });
  let onset = taken();
  let end = onset;
  try {
    await runRehearsal({
      cloud: { aws, clock, gateway: inspectGateway(services.apigateway) },
      scenario: { ...scenario, durationSeconds: untilSecond },
      seed: SEED,
      scale,
      deploy: () => deployService({ endpoint, limitScale: scale, quotas: false }),
      wallNowMs: () => performance.now(),
      onSecond: ({ snapshot }) => {
        end = taken();
        if (snapshot.second === scenario.onsetSeconds) onset = end;
      },
    });
  } finally {
    await close();
  }
  const seconds = untilSecond - 1 - scenario.onsetSeconds;
  const perWall = seconds / ((end.wallMs - onset.wallMs) / 1000);
  return { perWall, perProcessor: seconds / ((end.processorMs - onset.processorMs) / 1000) };
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const [wanted] = commandLine('npm run bench:speed --')
  .description('Measures how many simulated seconds pass in a second.')
  .addArgument(new Argument('[cases...]', 'instead of all').choices(CASES.map(({ name }) => name)))
  .parse().processedArgs as [string[]];
console.log('simulated seconds  per wall second  per processor second');
for (const each of CASES) {
  if (wanted.length > 0 && !wanted.includes(each.name)) continue;
  const { perWall, perProcessor } = await speedOf(each);
  console.log(`${each.name.padEnd(17)}  ${perWall.toFixed(0).padStart(15)}  ${perProcessor.toFixed(0).padStart(20)}`);
}
