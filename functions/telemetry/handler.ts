import { dynamoDbClient, eventBridgeClient } from '../../shared/platform/clients.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { announceThrough } from '../../shared/platform/events.ts';
import { createLogger } from '../../shared/platform/logger.ts';
import { publishMetrics } from '../../shared/platform/metrics.ts';
import { asHandler } from '../../shared/platform/middleware.ts';
import { requireVariable } from '../../shared/platform/variables.ts';
import { createTelemetry } from './telemetry.ts';

const logger = createLogger();

export const handler = asHandler(
  logger,
  createTelemetry({
    clock: systemClock,
    table: { client: dynamoDbClient(), name: requireVariable('STATE_TABLE') },
    publish: publishMetrics,
    announce: announceThrough(eventBridgeClient()),
    logger,
  }),
);
