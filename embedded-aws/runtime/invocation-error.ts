/** The payload with which Lambda answers for a function that failed. */
export interface ErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

interface ErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
}

/** What was thrown, as Lambda's Node.js runtime describes it; anything that looks like an Error counts as one. */
export function errorPayload(thrown: unknown): ErrorPayload {
  const error = thrown as ErrorLike | null | undefined;
  if (typeof thrown !== 'object' || error === null || typeof error?.message !== 'string') {
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  }
  const errorType = String(error.name ?? 'Error');
  const stack = typeof error.stack === 'string' ? error.stack : `${errorType}: ${error.message}`;
  return { errorType, errorMessage: error.message, trace: stack.split('\n').filter(isOfTheFunction) };
}

/** Frames of the runtime itself, which lies outside the package, say nothing about the function. */
function isOfTheFunction(line: string): boolean {
  return !/^\s+at /.test(line) || line.includes('/var/task/') || line.includes('node:');
}

/** Loading a function failed: `payload.errorType` is one of Lambda's `Runtime.*` names, or the name of what was thrown. */
export class InitError extends Error {
  readonly payload: ErrorPayload;

  constructor(payload: ErrorPayload) {
    super(payload.errorMessage);
    this.name = 'InitError';
    this.payload = payload;
  }
}

/** How an error thrown while a module loads is reported: by kind for missing and malformed modules. */
export function initError(thrown: unknown): InitError {
  const payload = errorPayload(thrown);
  const code = (thrown as { code?: unknown } | null)?.code;
  if (code === 'MODULE_NOT_FOUND') return renamed(payload, 'Runtime.ImportModuleError', 'Error');
  if (payload.errorType === 'SyntaxError') return renamed(payload, 'Runtime.UserCodeSyntaxError', 'SyntaxError');
  return new InitError(payload);
}

function renamed(payload: ErrorPayload, errorType: string, kind: string): InitError {
  return new InitError({ ...payload, errorType, errorMessage: `${kind}: ${payload.errorMessage}` });
}
