import { createGateway } from '../../shared/gateway/api-gateway.ts';
import { apiGatewayClient, dynamoDbClient } from '../../shared/platform/aws/clients.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { createLogger } from '../../shared/platform/logger.ts';
import { publishMetrics } from '../../shared/platform/metrics.ts';
import { asHandler } from '../../shared/platform/middleware.ts';
import { explainRefusal, type Refusal } from '../../shared/platform/refusal.ts';
import { requireVariable } from '../../shared/platform/variables.ts';
import { openTable } from '../../shared/state/items/open-table.ts';
import { answerWakeUps, readMessages } from './handle-wake-ups.ts';
import { writeMostUrgentPlan } from './plan-writer.ts';

const logger = createLogger();
const ports = { clock: systemClock, logger, publish: publishMetrics };
const dependencies = {
  ...ports,
  table: openTable({ client: dynamoDbClient(), name: requireVariable('STATE_TABLE'), ...ports }),
  gateway: createGateway(apiGatewayClient()),
};

const refuse = (why: Refusal) => logger.warn('The message is not a wake-up.', { why: explainRefusal(why) });

export const handler = asHandler(
  logger,
  async (event) => await answerWakeUps(readMessages(event, refuse), () => writeMostUrgentPlan(dependencies)),
);
