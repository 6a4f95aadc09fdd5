import { createGateway } from '../../shared/gateway/api-gateway.ts';
import {
  apiGatewayClient,
  cloudWatchClient,
  eventBridgeClient,
  sqsClient,
  ssmClient,
} from '../../shared/platform/aws/clients.ts';
import { announceThrough } from '../../shared/platform/aws/events.ts';
import { createParameters } from '../../shared/platform/aws/parameters.ts';
import { pendingMessagesOf, wakeUpsThrough } from '../../shared/platform/aws/queue.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { readEnvironment } from '../../shared/platform/environment.ts';
import { createLogger } from '../../shared/platform/logger.ts';
import { publishMetrics } from '../../shared/platform/metrics.ts';
import { asHandler } from '../../shared/platform/middleware.ts';
import { createVitalSigns } from '../../shared/telemetry/vital-signs.ts';
import { createFailSafe } from './fail-safe.ts';

const environment = readEnvironment([
  'PARAMETER_PREFIX',
  'FAIL_SAFE_QUEUE_URL',
  'TIDEGATE_BASELINE',
  'TIDEGATE_FAIL_SAFE',
]);
const logger = createLogger();
const queue = sqsClient();
const baseline = environment.TIDEGATE_BASELINE;

export const handler = asHandler(
  logger,
  createFailSafe({
    clock: systemClock,
    gateway: createGateway(apiGatewayClient()),
    vitalSigns: createVitalSigns(cloudWatchClient(), baseline),
    parameters: createParameters(ssmClient()),
    sendWakeUp: wakeUpsThrough(queue, environment.FAIL_SAFE_QUEUE_URL),
    pendingWakeUps: pendingMessagesOf(queue, environment.FAIL_SAFE_QUEUE_URL),
    announce: announceThrough(eventBridgeClient()),
    publish: publishMetrics,
    logger,
    baseline,
    rules: environment.TIDEGATE_FAIL_SAFE,
    parameterPrefix: environment.PARAMETER_PREFIX,
  }),
);
