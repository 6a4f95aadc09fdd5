import { type Cloud, createCloud } from '@tidegate/embedded-aws';
import { DEVELOPER, SimulationClock } from '@tidegate/embedded-aws/kernel';
import { deployService } from '../../../rehearsal/deploy/deploy.ts';
import type { Deployed } from '../../../rehearsal/deploy/in-process-deploy.ts';
import { describeService } from '../../../rehearsal/run/deployed-stack.ts';

export interface DeployedOptions {
  /** How many seconds of the cloud pass in one of the wall's. Default 1. */
  readonly rate?: number;
  readonly limitScale?: number;
}

const MINUTE_MS = 60_000;

/** A cloud of its own with the service on it, by a real `sls deploy`. The deploy begins just after a full minute. */
export async function deployed({ rate = 1, limitScale }: DeployedOptions = {}): Promise<Deployed> {
  const failures: unknown[] = [];
  const onError = (error: unknown) => void failures.push(error);
  const clock = new SimulationClock({ rate, offsetMs: 1000 - (Date.now() % MINUTE_MS), onError });
  const cloud = await createCloud({ seed: 1, port: 0, clock, onError });
  const lines: string[] = [];
  const onLine = (line: string) => void lines.push(line);
  const scaled = limitScale === undefined ? {} : { limitScale, quotas: false };
  await deployService({ endpoint: cloud.endpoint, onLine, ...scaled });
  return { cloud, service: await describeService(cloud.aws), lines, failures };
}

/** Calls the embedded AWS as the developer. */
export const asDeveloper = <Output = unknown>(cloud: Cloud, service: string, operation: string, input: object) =>
  cloud.aws.call<Output>(DEVELOPER, service, operation, input);

/** Lives through so much of the cloud's time. */
export async function live(cloud: Cloud, seconds: number): Promise<void> {
  await cloud.clock.runUntil(cloud.clock.now() + seconds * 1000);
}
