import { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';

/** The logger of the functions: a message and structured facts. */
export type Logger = Pick<PowertoolsLogger, 'info' | 'warn' | 'error'>;

/** Structured logs through Powertools; service name and level come from its own environment variables. */
export function createLogger(): PowertoolsLogger {
  return new PowertoolsLogger();
}
