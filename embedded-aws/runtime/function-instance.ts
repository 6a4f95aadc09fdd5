import type { Random } from '../kernel/random.ts';
import type { Clock } from '../kernel/simulation-clock.ts';
import { builtinRequire } from './builtin-modules.ts';
import { bundleGlobals } from './bundle-globals.ts';
import { callHandler, type Handler, loadHandler } from './bundle-handler.ts';
import { BundleLoader, type PreparedBundle } from './bundle-loader.ts';
import { type BundleTimers, CompressedTimers, RealTimers } from './bundle-timers.ts';
import { installCrashGuard, runningInvocation } from './crash-guard.ts';
import { InFlight } from './in-flight.ts';
import { type ErrorPayload, errorPayload, InitError } from './invocation-error.ts';
import type { LocalEndpoint } from './local-http.ts';

/** One log line of a function; `timestamp` in epoch milliseconds. */
export interface LogLine {
  readonly timestamp: number;
  readonly message: string;
}

export interface InstanceOptions {
  readonly bundle: PreparedBundle;
  /** Path and export, `functions/control/handler.handler`. */
  readonly handler: string;
  /** `nodejs24.x` and the like. */
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (line: LogLine, requestId: string | undefined) => void;
  /** In virtual time, the cloud's own endpoint is reached through this. Absent: through a socket. */
  readonly endpoint?: LocalEndpoint | undefined;
}

export interface InvocationRequest {
  readonly requestId: string;
  readonly event: unknown;
  /** What the context object says besides the request id and the time that remains. */
  readonly context: object;
  readonly timeoutMs: number;
  /** Virtual time only: the part of the duration that is not slept. */
  readonly modelledMs: number;
}

/** How an invocation ended; `isFatal` means that the instance cannot be used again. */
export type InvocationOutcome =
  | { readonly kind: 'answered'; readonly payload: string; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly error: ErrorPayload; readonly isFatal: boolean; readonly durationMs: number }
  | { readonly kind: 'timedOut'; readonly durationMs: number };

/** Real time after which an invocation in virtual time that waits for nothing in particular counts as timed out. */
const HUNG_MS = 30_000;

class ProcessExit extends Error {
  override readonly name = 'ProcessExit';
}

/** One execution environment: a bundle, loaded once, whose module state outlives its invocations. */
export class FunctionInstance {
  /** An instance of the wall's time does not run in virtual time, nor the other way round. */
  readonly isVirtual: boolean;
  private readonly timers: BundleTimers;
  private readonly handler: Handler;

  /** Loads the bundle. @throws InitError when that fails. */
  constructor(options: InstanceOptions) {
    installCrashGuard();
    const { clock, random, environment } = options;
    const inFlight = new InFlight();
    this.isVirtual = clock.isVirtual;
    this.timers = clock.isVirtual ? new CompressedTimers(clock, inFlight) : new RealTimers(clock);
    const requestId = () => runningInvocation.getStore()?.requestId;
    const globals = bundleGlobals({
      timers: this.timers,
      inFlight,
      random,
      environment: { ...environment },
      write: (message) => options.log({ timestamp: this.timers.now(), message }, requestId()),
      linePrefix: () => `${new Date(this.timers.now()).toISOString()}\t${requestId()}`,
      exit: exitProcess,
    });
    const endpoint = clock.isVirtual ? options.endpoint : undefined;
    const loader = new BundleLoader(options.bundle, globals, builtinRequire(globals, random, inFlight, endpoint));
    this.handler = loadHandler(loader, options.handler, options.runtime);
  }

  now(): number {
    return this.timers.now();
  }

  /** Runs the handler once; never rejects. */
  invoke(request: InvocationRequest): Promise<InvocationOutcome> {
    const startMs = this.timers.now();
    const elapsedMs = () => this.timers.now() - startMs + (this.isVirtual ? request.modelledMs : 0);
    const context = Object.assign(Object.create(null), request.context, {
      awsRequestId: request.requestId,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, request.timeoutMs - elapsedMs()),
    });
    return new Promise((resolve) => {
      const settle = (outcome: InvocationOutcome) => {
        stopWatch();
        resolve(outcome);
      };
      const fail = (error: ErrorPayload, isFatal: boolean) =>
        settle({ kind: 'failed', error, isFatal, durationMs: elapsedMs() });
      const crash = (errorType: string, thrown: unknown) => fail(crashPayload(errorType, thrown), true);
      const timeOut = () => settle({ kind: 'timedOut', durationMs: request.timeoutMs });
      const invocation = { requestId: request.requestId, crash };
      const stopWatch = runningInvocation.run(invocation, () => this.watch(startMs, request, timeOut));
      const answer = runningInvocation.run(invocation, () => this.run(request.event, context));
      answer.then(
        (payload) => settle({ kind: 'answered', payload, durationMs: elapsedMs() }),
        (thrown) => fail(errorPayload(thrown), thrown instanceof ProcessExit),
      );
    });
  }

  /** Ends the environment: no timer of it fires any more. */
  kill(): void {
    this.timers.clearAll();
  }

  private async run(event: unknown, context: object): Promise<string> {
    const result = await callHandler(this.handler, event, context);
    return JSON.stringify(result) ?? 'null';
  }

  /** Calls `onTimeout` when the invocation's time is up; the returned function calls it off. */
  private watch(startMs: number, request: InvocationRequest, onTimeout: () => void): () => void {
    const timers = this.timers;
    const isCompressed = timers instanceof CompressedTimers;
    if (isCompressed) timers.thaw(startMs + request.timeoutMs - request.modelledMs, onTimeout);
    const handle = setTimeout(onTimeout, isCompressed ? HUNG_MS : request.timeoutMs);
    return () => {
      clearTimeout(handle);
      if (isCompressed) timers.freeze();
    };
  }
}

function exitProcess(code: number): never {
  throw new ProcessExit(`Runtime exited with error: exit status ${code}`);
}

function crashPayload(errorType: string, thrown: unknown): ErrorPayload {
  const payload = errorPayload(thrown);
  if (errorType !== 'Runtime.UnhandledPromiseRejection') return payload;
  return { ...payload, errorType, errorMessage: `${payload.errorType}: ${payload.errorMessage}` };
}

export { InitError };
