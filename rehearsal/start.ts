import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cloud, type CloudOptions, createCloud } from '@tidegate/embedded-aws';
import { SimulationClock } from '@tidegate/embedded-aws/kernel';
import { checkConfiguration } from './deploy/check-configuration.ts';
import { deployService } from './deploy/deploy.ts';
import { sealThisProcess } from './deploy/sealed-environment.ts';
import { CommandError, runCommand } from './laptop-command.ts';
import { describeService } from './run/deployed-stack.ts';
import { inspectGateway } from './run/inspection.ts';
import type { RehearsalReport } from './run/rehearsal-report.ts';
import { runRehearsal } from './run/run-rehearsal.ts';
import { guide } from './start/guide.ts';
import { parseStartArguments, type StartArguments } from './start/start-arguments.ts';
import { TerminalView } from './terminal/view.ts';
import { seedSurge } from './world/scenarios/seed-surge.ts';

/** Duration of deploy and preparation; the clock starts behind the wall clock by this and the scenario's length. */
const LEAD_MS = 600_000;
const SEED = 1;

async function main(): Promise<number> {
  const options = parseStartArguments(process.argv.slice(2));
  sealThisProcess();
  await checkConfiguration();
  // The clock starts in the past and catches up during the incident, so that afterwards it shows the present.
  const clock = new SimulationClock({
    offsetMs: -(seedSurge.durationSeconds * 1000 + LEAD_MS),
    onError: (error) => console.error(error),
  });
  let isPlaying = true;
  const cloud = await openCloud({ clock, seed: SEED, port: options.port, isPlaying: () => isPlaying });
  try {
    const report = await playIncident(cloud, options);
    if (options.once) return report.secondsToMitigate === null ? 1 : 0;
    isPlaying = false;
    clock.goLive(Math.max(clock.now(), Date.now()));
    const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    console.log(guide({ endpoint: cloud.endpoint, ...(await describeService(cloud.aws)) }));
    await stopped;
    return 0;
  } finally {
    await cloud.close();
  }
}

/** @throws CommandError if the port is not available */
async function openCloud(options: CloudOptions & { readonly port: number }): Promise<Cloud> {
  try {
    return await createCloud(options);
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException;
    if (syscall !== 'listen') throw error;
    const reason = code === 'EADDRINUSE' ? 'is in use, perhaps by another "npm start"' : `cannot be opened (${code})`;
    throw new CommandError(
      `Port ${options.port} of 127.0.0.1 ${reason}. Fix: choose another with "npm start -- --port 0".`,
    );
  }
}

async function playIncident(cloud: Cloud, options: StartArguments): Promise<RehearsalReport> {
  const { scale } = options;
  const view = new TerminalView(process.stdout, seedSurge);
  const pace = paceOf(options.speed);
  console.log(`The embedded AWS listens at ${cloud.endpoint}. Deploying the service with the Serverless Framework …`);
  const report = await runRehearsal({
    cloud: { aws: cloud.aws, clock: cloud.clock, gateway: inspectGateway(cloud.services.apigateway) },
    scenario: seedSurge,
    seed: SEED,
    scale,
    epochMs: null,
    deploy: async () => {
      await deployService({ endpoint: cloud.endpoint, limitScale: scale, quotas: false });
      console.log(`Deployed. Playing ${seedSurge.name} at ${scale} of its size: ${seedSurge.title}\n`);
    },
    wallNowMs: () => performance.now(),
    onSecond: async (second) => {
      view.show(second);
      await pace();
    },
  });
  view.finish(report);
  return report;
}

/** Slows a run down so that a person can follow it; never speeds it up. */
function paceOf(secondsPerSecond: number): () => Promise<void> {
  let dueMs: number | undefined;
  return async () => {
    const nowMs = performance.now();
    dueMs = Math.max(nowMs, (dueMs ?? nowMs) + 1000 / secondsPerSecond);
    if (dueMs - nowMs > 15) await sleep(dueMs - nowMs);
  };
}

await runCommand(main);
