import { createGateway } from '../../shared/gateway/api-gateway.ts';
import { law } from '../../shared/law/law.ts';
import {
  apiGatewayClient,
  cloudWatchClient,
  dynamoDbClient,
  eventBridgeClient,
  sqsClient,
  ssmClient,
} from '../../shared/platform/aws/clients.ts';
import { announceThrough } from '../../shared/platform/aws/events.ts';
import { createParameters } from '../../shared/platform/aws/parameters.ts';
import { wakeUpsThrough } from '../../shared/platform/aws/queue.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { readEnvironment } from '../../shared/platform/environment.ts';
import { createLogger } from '../../shared/platform/logger.ts';
import { publishMetrics } from '../../shared/platform/metrics.ts';
import { asHandler } from '../../shared/platform/middleware.ts';
import { lawStateOf } from '../../shared/state/items/law-state.ts';
import { openTable } from '../../shared/state/items/open-table.ts';
import { metricsReader } from '../../shared/telemetry/cloudwatch.ts';
import { createControl } from './control.ts';

const environment = readEnvironment([
  'STATE_TABLE',
  'PARAMETER_PREFIX',
  'PLAN_WRITES_QUEUE_URL',
  'LOOKS_QUEUE_URL',
  'TIDEGATE_BASELINE',
]);
const logger = createLogger();
const ports = { clock: systemClock, logger, publish: publishMetrics };

export const handler = asHandler(
  logger,
  createControl({
    ...ports,
    table: openTable({ client: dynamoDbClient(), name: environment.STATE_TABLE, ...ports }),
    gateway: createGateway(apiGatewayClient()),
    parameters: createParameters(ssmClient()),
    readMetrics: metricsReader(cloudWatchClient()),
    sendWakeUp: wakeUpsThrough(sqsClient(), environment.PLAN_WRITES_QUEUE_URL),
    sendLook: wakeUpsThrough(sqsClient(), environment.LOOKS_QUEUE_URL),
    announce: announceThrough(eventBridgeClient()),
    law: (input) => law({ ...input, state: lawStateOf(input.state, input.now) }),
    baseline: environment.TIDEGATE_BASELINE,
    parameterPrefix: environment.PARAMETER_PREFIX,
  }),
);
