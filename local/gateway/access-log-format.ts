import { type AccessRecord, CONTEXT_VARIABLES } from './access-record.ts';

/** Renders one access-log line. */
export type AccessLogRenderer = (record: AccessRecord) => string;

const VARIABLE = /\$context\.([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)/;

const absent = (): undefined => undefined;

/**
 * Compiles a stage's `accessLogSettings.format`. A variable without a value renders as `-`, also one that is not known,
 * as API Gateway does; nothing is escaped.
 */
export function compileAccessLogFormat(format: string): AccessLogRenderer {
  const parts = format.split(VARIABLE);
  const literals = parts.filter((_, index) => index % 2 === 0);
  const variables = parts.filter((_, index) => index % 2 === 1).map((name) => CONTEXT_VARIABLES.get(name) ?? absent);
  const first = literals[0] ?? '';
  return (record) => {
    let line = first;
    for (let index = 0; index < variables.length; index++) {
      line += variables[index]?.(record) ?? '-';
      line += literals[index + 1];
    }
    return line;
  };
}
