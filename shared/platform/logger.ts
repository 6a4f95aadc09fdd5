import { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';

/** What the functions need of a logger: a message and a few structured facts. */
export type Logger = Pick<PowertoolsLogger, 'info' | 'warn' | 'error'>;

/** Structured logs through Powertools; service name and level come from its own environment variables. */
export function createLogger(): PowertoolsLogger {
  return new PowertoolsLogger();
}
