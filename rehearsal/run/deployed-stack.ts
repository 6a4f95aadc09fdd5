import type { GatewayPort } from '@tidegate/embedded-aws/gateway';
import type { SimulationClock } from '@tidegate/embedded-aws/kernel';
import { DEVELOPER, type EmbeddedAws } from '@tidegate/embedded-aws/kernel';
import * as z from 'zod';
import type { Limit } from '../../shared/limits/limit.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import type { TierName } from '../../shared/platform/units.ts';

/** Management calls since the cloud was built. */
export interface WriteCounts {
  /** Accepted `UpdateStage` calls. */
  readonly stageWrites: number;
  /** Accepted `UpdateUsagePlan` calls. */
  readonly planWrites: number;
  /** Calls answered `TooManyRequestsException`. */
  readonly rejectedWrites: number;
}

/** API Gateway's state as seen from inside, so that observing it does not use the account's management quota. */
export interface GatewayInspection {
  trafficPort(apiId: string, stageName: string): GatewayPort;
  /** The limits that the data plane enforces at present. */
  limitsInForce(stack: DeployedService): Limits;
  writeCounts(): WriteCounts;
}

/** The embedded AWS as far as a rehearsal needs it. */
export interface RehearsalCloud {
  readonly aws: EmbeddedAws;
  readonly clock: SimulationClock;
  readonly gateway: GatewayInspection;
}

/** The deployed service, according to the configuration of its control function. */
export interface DeployedService {
  readonly apiId: string;
  readonly stageName: string;
  readonly stateTable: string;
  readonly parameterPrefix: string;
  readonly stageLimit: Limit;
  readonly tiers: Readonly<Record<TierName, Limit & { readonly planId: string }>>;
}

const limitSchema = z.object({ rateRps: z.number(), burst: z.number() });
const baselineSchema = z.object({
  apiId: z.string(),
  stage: z.string(),
  stageLimit: limitSchema,
  tiers: z.record(z.string(), limitSchema.extend({ planId: z.string() })),
});
const environmentSchema = z.object({
  STATE_TABLE: z.string(),
  PARAMETER_PREFIX: z.string(),
  TIDEGATE_BASELINE: z.string(),
});

export const functionName = (name: string): string => `tidegate-dev-${name}`;

/** Reads what was deployed from the control function's configuration. @throws when the service is not deployed. */
export async function describeService(aws: EmbeddedAws): Promise<DeployedService> {
  const answer = await aws.call<{ Configuration?: { Environment?: { Variables?: unknown } } }>(
    DEVELOPER,
    'lambda',
    'GetFunction',
    { FunctionName: functionName('control') },
  );
  const environment = environmentSchema.parse(answer.Configuration?.Environment?.Variables);
  const baseline = baselineSchema.parse(JSON.parse(environment.TIDEGATE_BASELINE));
  return {
    apiId: baseline.apiId,
    stageName: baseline.stage,
    stateTable: environment.STATE_TABLE,
    parameterPrefix: environment.PARAMETER_PREFIX,
    stageLimit: baseline.stageLimit,
    tiers: baseline.tiers,
  };
}
