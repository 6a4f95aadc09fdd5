import { EventEmitter } from 'node:events';
import { promisify } from 'node:util';
import type { Random } from '../kernel/random.ts';
import { bundleConsole, logStream, type WriteLog } from './bundle-console.ts';
import { TASK_ROOT } from './bundle-files.ts';
import type { BundleTimers } from './bundle-timers.ts';
import type { InFlight } from './in-flight.ts';
import { overlay, seededNodeCrypto } from './seeded-crypto.ts';

/** What a bundle may touch of the world outside. */
export interface BundleWorld {
  readonly timers: BundleTimers;
  readonly inFlight: InFlight;
  readonly random: Random;
  /** The whole of `process.env`. */
  readonly environment: Record<string, string>;
  readonly write: WriteLog;
  /** Time and request id, parted by a tab: the start of each console line. */
  readonly linePrefix: () => string;
  /** The bundle called `process.exit(code)`. */
  readonly exit: (code: number) => never;
}

/** The globals that a bundle gets instead of Node's: the names become parameters around its source. */
export interface BundleGlobals {
  readonly Date: DateConstructor;
  readonly Math: Math;
  readonly crypto: object;
  readonly performance: object;
  readonly process: object;
  readonly console: Console;
  readonly fetch: typeof fetch;
  readonly setTimeout: unknown;
  readonly setInterval: unknown;
  readonly clearTimeout: unknown;
  readonly clearInterval: unknown;
}

/** A `Date` that differs from the real one in what "now" is; dates made by it are real dates. */
function bundleDate(now: () => number): DateConstructor {
  return new Proxy(Date, {
    construct: (target, values, newTarget) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
    apply: (target) => new target(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
}

function timerFunctions(timers: BundleTimers) {
  const starter =
    (isRepeating: boolean) =>
    (callback: (...values: unknown[]) => void, delayMs?: number, ...values: unknown[]) => {
      if (typeof callback !== 'function') throw new TypeError('The "callback" argument must be of type function.');
      return timers.set(() => callback(...values), Math.max(1, Number(delayMs) || 1), isRepeating);
    };
  const setTimeout = starter(false);
  const sleep = (delayMs?: number, value?: unknown) => new Promise((resolve) => setTimeout(resolve, delayMs, value));
  Object.defineProperty(setTimeout, promisify.custom, { value: sleep });
  const clear = (handle: unknown) => timers.clear(handle);
  return { setTimeout, setInterval: starter(true), clearTimeout: clear, clearInterval: clear };
}

function bundlePerformance(now: () => number): object {
  const timeOrigin = now();
  return overlay(performance, { timeOrigin, now: () => now() - timeOrigin, mark: () => {}, measure: () => {} });
}

function highResolutionTime(now: () => number) {
  const hrtime = (since: readonly [number, number] = [0, 0]): [number, number] => {
    const nowMs = now();
    const nanoseconds = (nowMs % 1000) * 1e6 - since[1];
    const seconds = Math.floor(nowMs / 1000) - since[0];
    return nanoseconds < 0 ? [seconds - 1, nanoseconds + 1e9] : [seconds, nanoseconds];
  };
  return Object.assign(hrtime, { bigint: () => BigInt(now()) * 1_000_000n });
}

function bundleProcess(world: BundleWorld, stdout: EventEmitter, stderr: EventEmitter): object {
  const emitter = new EventEmitter();
  const listen = (name: string | symbol, listener: () => void) => emitter.on(name, listener);
  const startMs = world.timers.now();
  return overlay(process, {
    env: world.environment,
    stdout,
    stderr,
    exit: (code = 0) => world.exit(code),
    cwd: () => TASK_ROOT,
    hrtime: highResolutionTime(() => world.timers.now()),
    uptime: () => (world.timers.now() - startMs) / 1000,
    emitWarning: (warning: unknown) => world.write(`(node) ${String(warning)}`),
    on: listen,
    once: listen,
    addListener: listen,
    off: (name: string, listener: () => void) => emitter.off(name, listener),
    removeListener: (name: string, listener: () => void) => emitter.off(name, listener),
    emit: (name: string, ...values: unknown[]) => emitter.emit(name, ...values),
    listeners: (name: string) => emitter.listeners(name),
    listenerCount: (name: string) => emitter.listenerCount(name),
  });
}

export function bundleGlobals(world: BundleWorld): BundleGlobals {
  const now = () => world.timers.now();
  const stdout = logStream(world.write, 1);
  const stderr = logStream(world.write, 2);
  const nodeCrypto = seededNodeCrypto(world.random) as { readonly webcrypto: object };
  return {
    Date: bundleDate(now),
    Math: overlay(Math, { random: world.random }),
    crypto: nodeCrypto.webcrypto,
    performance: bundlePerformance(now),
    process: bundleProcess(world, stdout, stderr),
    console: bundleConsole(stdout, stderr, world.write, world.linePrefix),
    fetch: (input, init) => fetch(input, init).finally(world.inFlight.begin()),
    ...timerFunctions(world.timers),
  };
}

/** `globalThis` for a bundle: its own values stay in the bundle, and reads fall back on Node's globals. */
export function bundleGlobalThis(globals: BundleGlobals): object {
  const own: Record<PropertyKey, unknown> = { ...globals };
  const view: object = new Proxy(own, {
    get: (target, key) => (key in target ? target[key] : Reflect.get(globalThis, key)),
    has: (target, key) => key in target || key in globalThis,
  });
  own.globalThis = view;
  own.global = view;
  return view;
}
