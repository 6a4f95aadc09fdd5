import type { ApiGatewayService } from '@tidegate/embedded-aws';
import { EVERY_METHOD } from '@tidegate/embedded-aws/gateway';
import type { Limit, Limits, MethodKey } from '../../shared/platform/units.ts';
import type { DeployedService, GatewayInspection, WriteCounts } from './deployed-stack.ts';

/** How AWS spells the stage default. */
const STAGE_DEFAULT = '*/*';

/** Looks at the embedded API Gateway from inside. */
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
  const spelled = Object.entries(stage).map(([method, limit]): [MethodKey, Limit] => [
    method === EVERY_METHOD ? STAGE_DEFAULT : method,
    limit,
  ]);
  const tiers = Object.entries(service.tiers).flatMap(([tier, { planId }]): [string, Limit][] => {
    const throttle = plans[planId]?.throttle;
    return throttle ? [[tier, throttle]] : [];
  });
  return { stage: Object.fromEntries(spelled), tiers: Object.fromEntries(tiers) };
}

/** Counts on from where it stopped: it is asked every second, and writes only ever become more. */
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
