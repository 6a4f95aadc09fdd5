import { performance } from 'node:perf_hooks';
import { createCloud } from '@tidegate/embedded-aws';
import { FaultSpecError } from '@tidegate/embedded-aws/faults';
import { checkConfiguration } from './deploy/check-configuration.ts';
import { deployService } from './deploy/deploy.ts';
import { sealThisProcess } from './deploy/sealed-environment.ts';
import { runCommand } from './laptop-command.ts';
import { loadPolicy, loadScenario } from './run/input-files.ts';
import { inspectGateway } from './run/inspection.ts';
import { harmAgainst, type RehearsalReport, reportTable } from './run/rehearsal-report.ts';
import { parseArguments, type RehearseArguments, UsageError } from './run/rehearse-arguments.ts';
import { type RehearsalOptions, type RehearsalSecond, runRehearsal } from './run/run-rehearsal.ts';
import type { Scenario } from './world/scenario.ts';

const PROGRESS_EVERY_MS = 2000;
const say = (line: string) => process.stderr.write(`${line}\n`);

async function rehearse(options: RehearseArguments): Promise<RehearsalReport> {
  const [scenario, policy] = await Promise.all([loadScenario(options), loadPolicy(options)]);
  const report = await rehearseOnce(options, { scenario, ...(policy && { policy }) });
  if (!options.againstStatic) return report;
  say('The same once more, with limits that stay as they are deployed …');
  const still = await rehearseOnce(options, { scenario, ...(policy && { policy }), isShadow: true });
  return { ...report, ...harmAgainst(report.honestByTier, still.honestByTier) };
}

type Play = Pick<RehearsalOptions, 'scenario' | 'policy' | 'isShadow'>;

async function rehearseOnce({ seed, scale, fault: faults }: RehearseArguments, what: Play): Promise<RehearsalReport> {
  const { aws, clock, endpoint, services, close } = await createCloud({ seed, port: 0, isPlaying: () => true });
  try {
    say(`Deploying onto the embedded AWS at ${endpoint} …`);
    return await runRehearsal({
      ...what,
      cloud: { aws, clock, gateway: inspectGateway(services.apigateway) },
      seed,
      scale,
      faults,
      deploy: () => deployService({ endpoint, limitScale: scale, quotas: false }),
      wallNowMs: () => performance.now(),
      onSecond: progressOf(what.scenario),
    });
  } finally {
    await close();
  }
}

/** Prints progress and speed on stderr every few seconds. */
function progressOf(scenario: Scenario): (second: RehearsalSecond) => void {
  // Both start with the first simulated second, because the deploy does not count.
  let startMs: number | undefined;
  let saidMs: number | undefined;
  return ({ snapshot }) => {
    const nowMs = performance.now();
    startMs ??= nowMs;
    saidMs ??= nowMs;
    if (nowMs - saidMs < PROGRESS_EVERY_MS) return;
    saidMs = nowMs;
    const done = snapshot.second + 1;
    const speed = Math.round(done / ((nowMs - startMs) / 1000));
    say(`${scenario.name}: ${done} of ${scenario.durationSeconds} simulated seconds, ${speed} per second`);
  };
}

async function main(): Promise<number> {
  try {
    const options = parseArguments(process.argv.slice(2));
    if (!options) return 0;
    sealThisProcess();
    await checkConfiguration();
    const report = await rehearse(options);
    console.log(options.json ? JSON.stringify(report) : reportTable(report));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof FaultSpecError)) throw error;
    say(error.message);
    return 2;
  }
}

await runCommand(main);
