import http from 'node:http';
import https from 'node:https';
import { builtinModules, createRequire } from 'node:module';
import { posix } from 'node:path';
import type { Random } from '../kernel/random.ts';
import type { BundleGlobals } from './bundle-globals.ts';
import type { InFlight } from './in-flight.ts';
import { type Hold, type LocalEndpoint, localRequest } from './local-http.ts';
import { overlay, seededNodeCrypto } from './seeded-crypto.ts';

type HttpModule = Pick<typeof http, 'request' | 'get'>;

/** An HTTP module that tells when a request is open, and reaches the cloud's own endpoint without a socket. */
function bundleHttp<Module extends HttpModule>(
  module: Module,
  inFlight: InFlight,
  endpoint: LocalEndpoint | undefined,
  wait: Hold,
): Module {
  const tracked =
    (name: 'request' | 'get') =>
    (...values: Parameters<typeof http.request>) => {
      let close = inFlight.begin();
      // A request whose answer is kept back waits for time alone: time may leap meanwhile.
      const hold: Hold = (delayMs, then) => {
        const release = wait(delayMs, () => {
          close = inFlight.begin();
          then();
        });
        close();
        return release;
      };
      const local = name === 'request' && endpoint ? localRequest(endpoint, values, hold) : undefined;
      return (local ?? module[name](...values)).once('close', () => close());
    };
  return overlay(module, { request: tracked('request'), get: tracked('get') });
}

function timerPromises(globals: BundleGlobals): object {
  const setTimeout = globals.setTimeout as (
    callback: (value: unknown) => void,
    delayMs: number,
    value?: unknown,
  ) => void;
  const wait = (delayMs: number, value?: unknown) => new Promise((resolve) => setTimeout(resolve, delayMs, value));
  return { setTimeout: wait, scheduler: { wait } };
}

const LAMBDA_HOME = '/home/sbx_user1051';

const nodeRequire = createRequire(posix.join(process.cwd(), 'bundle.js'));

/** Node's built-in modules as a bundle sees them: those that know the time, chance or the network are its own. */
export function builtinRequire(
  globals: BundleGlobals,
  random: Random,
  inFlight: InFlight,
  endpoint?: LocalEndpoint,
): (name: string) => unknown {
  const { setTimeout, clearTimeout } = globals as unknown as Pick<typeof globalThis, 'setTimeout' | 'clearTimeout'>;
  const wait: Hold = (delayMs, then) => {
    const timer = setTimeout(then, delayMs);
    return () => clearTimeout(timer);
  };
  const replaced: Readonly<Record<string, unknown>> = {
    process: globals.process,
    console: overlay(nodeRequire('node:console') as object, globals.console),
    crypto: seededNodeCrypto(random),
    // A function does not see the configuration of the cloud's process.
    os: overlay(nodeRequire('node:os') as object, { homedir: () => LAMBDA_HOME }),
    http: bundleHttp(http, inFlight, endpoint, wait),
    https: bundleHttp(https, inFlight, undefined, wait),
    perf_hooks: overlay(nodeRequire('node:perf_hooks') as object, { performance: globals.performance }),
    timers: overlay(nodeRequire('node:timers') as object, {
      setTimeout: globals.setTimeout,
      setInterval: globals.setInterval,
      clearTimeout: globals.clearTimeout,
      clearInterval: globals.clearInterval,
      promises: timerPromises(globals),
    }),
    'timers/promises': overlay(nodeRequire('node:timers/promises') as object, timerPromises(globals)),
  };
  return (name) => replaced[name.replace(/^node:/, '')] ?? nodeRequire(name);
}

export function isBuiltin(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name);
}
