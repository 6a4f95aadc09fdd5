import type { ApiGatewayService } from '@tidegate/embedded-aws';
import type { Limit } from '../../shared/limits/limit.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import type { DeployedService, GatewayInspection, WriteCounts } from './deployed-stack.ts';

/** Reads the embedded API Gateway from inside. */
export function inspectGateway(gateway: ApiGatewayService): GatewayInspection {
  const writeCounts = writeCounter(gateway);
  return {
    trafficPort: (apiId, stageName) => gateway.simulatedStage(apiId, stageName),
    limitsInForce: (service) => limitsInForce(gateway, service),
    writeCounts,
  };
}

function limitsInForce(gateway: ApiGatewayService, service: DeployedService): Limits {
  const { stage, plans } = gateway.enforcedLimits(service.apiId, service.stageName);
  const tiers = Object.entries(service.tiers).flatMap(([tier, { planId }]): [string, Limit][] => {
    const throttle = plans[planId]?.throttle;
    return throttle ? [[tier, throttle]] : [];
  });
  return { stage, tiers: Object.fromEntries(tiers) };
}

/** Continues counting where it stopped, because it runs every second and the list of writes only grows. */
function writeCounter(gateway: ApiGatewayService): () => WriteCounts {
  let seen = 0;
  let stageWrites = 0;
  return () => {
    const { acceptedWrites } = gateway;
    for (; seen < acceptedWrites.length; seen++) if (acceptedWrites[seen]?.operation === 'UpdateStage') stageWrites++;
    const rejectedWrites = gateway.rejectedManagementCalls.reduce((sum, { count }) => sum + count, 0);
    return { stageWrites, planWrites: seen - stageWrites, rejectedWrites };
  };
}
