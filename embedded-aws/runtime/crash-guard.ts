import { AsyncLocalStorage } from 'node:async_hooks';

/** What runs on behalf of an invocation, so that console lines and crashes find their way back to it. */
export interface RunningInvocation {
  readonly requestId: string;
  /** Ends the invocation because its code failed outside the handler's promise. */
  crash(errorType: string, thrown: unknown): void;
}

export const runningInvocation = new AsyncLocalStorage<RunningInvocation | undefined>();

let isInstalled = false;

/**
 * A bundle's stray rejection or exception ends its invocation, as on Lambda, not this process. What no bundle caused
 * still ends the process.
 */
export function installCrashGuard(): void {
  if (isInstalled) return;
  isInstalled = true;
  process.on('unhandledRejection', (reason) => {
    const invocation = runningInvocation.getStore();
    if (!invocation) throw reason;
    invocation.crash('Runtime.UnhandledPromiseRejection', reason);
  });
  process.on('uncaughtException', (error) => {
    const invocation = runningInvocation.getStore();
    if (!invocation) throw error;
    invocation.crash('Runtime.UncaughtException', error);
  });
}
