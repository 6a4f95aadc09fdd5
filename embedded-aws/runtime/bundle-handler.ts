import type { BundleLoader } from './bundle-loader.ts';
import { InitError, initError } from './invocation-error.ts';

export type Callback = (error?: unknown, result?: unknown) => void;
export type Handler = (event: unknown, context: object, callback?: Callback) => unknown;

const CALLBACK_PARAMETERS = 3;

/** Node.js 24 and later no longer call back: a handler there answers by its promise. */
function takesCallbacks(runtime: string): boolean {
  const major = Number(/^nodejs(\d+)/.exec(runtime)?.[1] ?? 0);
  return major < 24;
}

/**
 * Finds `functions/control/handler.handler`: the module before the last dot of its last part, the export behind it.
 * @throws InitError as Lambda reports it.
 */
export function loadHandler(loader: BundleLoader, handlerName: string, runtime: string): Handler {
  const match = /^(.*\/)?([^/.]+)\.(.+)$/.exec(handlerName);
  if (!match) throw new InitError({ errorType: 'Runtime.MalformedHandlerName', errorMessage: 'Bad handler' });
  const [, folder = '', file = '', path = ''] = match;
  const handler = exported(loader, `./${folder}${file}`, path);
  if (typeof handler !== 'function') {
    throw new InitError({
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: `${handlerName} is undefined or not exported`,
    });
  }
  if (handler.length >= CALLBACK_PARAMETERS && !takesCallbacks(runtime)) {
    const errorMessage =
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
      'You need to modify this function to use a supported handler signature to use Node.js 24 or later.';
    throw new InitError({ errorType: 'Runtime.CallbackHandlerDeprecated', errorMessage });
  }
  return handler as Handler;
}

function exported(loader: BundleLoader, modulePath: string, path: string): unknown {
  let value: unknown;
  try {
    value = loader.load(modulePath);
  } catch (error) {
    throw initError(error);
  }
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value;
}

/** Runs a handler of either style; the promise settles as the invocation does. */
export function callHandler(handler: Handler, event: unknown, context: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback: Callback = (error, result) => (error ? reject(error) : resolve(result));
    const answer = handler(event, context, callback);
    const isPromise = typeof (answer as { then?: unknown } | undefined)?.then === 'function';
    if (isPromise || handler.length < CALLBACK_PARAMETERS) resolve(answer);
  });
}
