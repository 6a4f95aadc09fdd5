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
  // Literals at the even places, variables at the odd ones. Joined, a line is one flat text at once; built up piece by
  // piece, it would be a rope, which costs several times as much to make and to read.
  const pieces: (string | number)[] = format.split(VARIABLE);
  const variables = pieces
    .filter((_, index) => index % 2 === 1)
    .map((name) => CONTEXT_VARIABLES.get(`${name}`) ?? absent);
  return (record) => {
    for (let index = 0; index < variables.length; index++) pieces[2 * index + 1] = variables[index]?.(record) ?? '-';
    return pieces.join('');
  };
}
