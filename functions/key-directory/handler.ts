import { createKeyReader } from '../../shared/gateway/key-reader.ts';
import { apiGatewayClient, dynamoDbClient } from '../../shared/platform/clients.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { readEnvironment } from '../../shared/platform/environment.ts';
import { createLogger } from '../../shared/platform/logger.ts';
import { asHandler } from '../../shared/platform/middleware.ts';
import { createKeyDirectory } from './key-directory.ts';

const environment = readEnvironment(['STATE_TABLE', 'TIDEGATE_BASELINE']);
const logger = createLogger();

export const handler = asHandler(
  logger,
  createKeyDirectory({
    clock: systemClock,
    table: { client: dynamoDbClient(), name: environment.STATE_TABLE },
    keys: createKeyReader(apiGatewayClient()),
    baseline: environment.TIDEGATE_BASELINE,
    logger,
  }),
);
