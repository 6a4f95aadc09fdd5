import { type Cloud, createCloud } from '@tidegate/embedded-aws';
import { FaultInjector } from '@tidegate/embedded-aws/faults';
import { DEVELOPER, type Interceptor } from '@tidegate/embedded-aws/kernel';
import { deployTemplate, type PackagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import { type DeployedService, describeService } from '../../rehearsal/run/deployed-stack.ts';
import { installPolicy } from '../../rehearsal/run/rehearsal-policy.ts';
import { EPOCH_MS } from '../../rehearsal/run/run-rehearsal.ts';
import type { Policy } from '../../shared/policy/schema/policy-schema.ts';
import { Load } from './fault-load.ts';
import { CallRecord } from './record.ts';

/** Everything in small: limits, demand and capacity. */
export const SCALE = 0.05;
/** Requests per second at that scale. Together half of the stage's limit of 100, and every tier below its plan's. */
const DEMAND_RPS = { premium: 30, standard: 12, basic: 3, internal: 4 } as const;
export const CAPACITY_RPS = { normal: 100, troubled: 20 } as const;
/** Short enough that a limit which changes meanwhile meets less than a burst of requests from before its change. */
const SLICE_MS = 200;
/** What the deploy sets in motion comes to rest. */
const SETTLE_MS = 30_000;

export interface Scene {
  readonly cloud: Cloud;
  readonly service: DeployedService;
  readonly policy: Policy;
  readonly load: Load;
  readonly injector: FaultInjector;
  readonly record: CallRecord;
  /** Errors of the embedded AWS itself. */
  readonly failures: readonly unknown[];
}

/** The packaged service on a cloud of its own, in virtual time, under load and in order. Close the cloud when done. */
export async function openScene(stack: PackagedStack, seed = 1): Promise<Scene> {
  const failures: unknown[] = [];
  const cloud = await createCloud({ seed, port: 0, onError: (error) => void failures.push(error) });
  const { aws, clock } = cloud;
  await clock.goVirtual(0, EPOCH_MS);
  await deployTemplate(cloud, stack, stack.template);
  const service = await describeService(aws);
  const policy = await installPolicy(aws, service, { scale: SCALE });
  await clock.runUntil(clock.now() + SETTLE_MS);
  aws.reseed(seed);
  const record = new CallRecord(clock);
  const injector = new FaultInjector(aws);
  aws.setInterceptor(behind(injector.intercept, record.intercept));
  const load = await openLoad(cloud, service);
  return { cloud, service, policy, load, injector, record, failures };
}

/** The inner one is next to the services: it sees what is really done. */
export const behind =
  (outer: Interceptor, inner: Interceptor): Interceptor =>
  (service, operation, input, run, caller) =>
    outer(service, operation, input, (changed = input) => inner(service, operation, changed, run, caller), caller);

async function openLoad({ aws, clock, services }: Cloud, { apiId, stageName }: DeployedService): Promise<Load> {
  const { items } = await aws.call<{ items: { id: string; name: string }[] }>(
    DEVELOPER,
    'apigateway',
    'GetApiKeys',
    {},
  );
  const clients = Object.entries(DEMAND_RPS).map(([tier, demandRps]) => {
    const key = items.find(({ name }) => name === `tidegate-dev-${tier}-1`);
    if (!key) throw new Error(`Tier ${tier} has no key.`);
    return { keyId: key.id, demandRps };
  });
  const gateway = services.apigateway.simulatedStage(apiId, stageName);
  const load = new Load(gateway, clients, CAPACITY_RPS.normal, aws.random('faults/load'), clock.now());
  clock.every(SLICE_MS, 0, () => load.advance(clock.now()));
  return load;
}
