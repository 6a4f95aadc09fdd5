import { createKeyReader } from '../../shared/gateway/key-reader.ts';
import { apiGatewayClient, dynamoDbClient } from '../../shared/platform/aws/clients.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { readEnvironment } from '../../shared/platform/environment.ts';
import { createLogger } from '../../shared/platform/logger.ts';
import { publishMetrics } from '../../shared/platform/metrics.ts';
import { asHandler } from '../../shared/platform/middleware.ts';
import { openTable } from '../../shared/state/items/open-table.ts';
import { createKeyDirectory } from './refresh-directory.ts';

const environment = readEnvironment(['STATE_TABLE', 'TIDEGATE_BASELINE']);
const logger = createLogger();
const ports = { clock: systemClock, logger, publish: publishMetrics };

export const handler = asHandler(
  logger,
  createKeyDirectory({
    ...ports,
    table: openTable({ client: dynamoDbClient(), name: environment.STATE_TABLE, ...ports }),
    keys: createKeyReader(apiGatewayClient()),
    baseline: environment.TIDEGATE_BASELINE,
  }),
);
