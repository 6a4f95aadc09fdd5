import { dynamoDbClient, eventBridgeClient } from '../../shared/platform/aws/clients.ts';
import { announceThrough } from '../../shared/platform/aws/events.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { createLogger } from '../../shared/platform/logger.ts';
import { publishMetrics } from '../../shared/platform/metrics.ts';
import { asHandler } from '../../shared/platform/middleware.ts';
import { requireVariable } from '../../shared/platform/variables.ts';
import { openTable } from '../../shared/state/items/open-table.ts';
import { createTelemetry } from './telemetry.ts';

const logger = createLogger();
const ports = { clock: systemClock, logger, publish: publishMetrics };

export const handler = asHandler(
  logger,
  createTelemetry({
    ...ports,
    table: openTable({ client: dynamoDbClient(), name: requireVariable('STATE_TABLE'), ...ports }),
    announce: announceThrough(eventBridgeClient()),
  }),
);
