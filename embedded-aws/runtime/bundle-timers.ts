import type { Clock } from '../kernel/simulation-clock.ts';
import type { InFlight } from './in-flight.ts';

export type TimerCallback = (...values: unknown[]) => void;

/** Timers and time as one bundle sees them. */
export interface BundleTimers {
  /** Milliseconds since the epoch; never runs backwards. */
  now(): number;
  /** Calls back after `delayMs`, again and again when `isRepeating`. Node's own handle type, or one that behaves alike. */
  set(callback: TimerCallback, delayMs: number, isRepeating: boolean): object;
  clear(handle: unknown): void;
  clearAll(): void;
}

/** Node's own timers: the clock is the wall's. */
export class RealTimers implements BundleTimers {
  private readonly clock: Clock;
  private readonly handles = new Set<NodeJS.Timeout>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  now(): number {
    return this.clock.now();
  }

  set(callback: TimerCallback, delayMs: number, isRepeating: boolean): object {
    if (isRepeating) return this.keep(setInterval(callback, delayMs));
    const handle = setTimeout(() => {
      this.handles.delete(handle);
      callback();
    }, delayMs);
    return this.keep(handle);
  }

  clear(handle: unknown): void {
    const timer = handle as NodeJS.Timeout;
    clearTimeout(timer);
    this.handles.delete(timer);
  }

  clearAll(): void {
    for (const handle of this.handles) clearTimeout(handle);
    this.handles.clear();
  }

  private keep(handle: NodeJS.Timeout): object {
    this.handles.add(handle);
    return handle;
  }
}

/** A handle with the methods of Node's `Timeout`; nothing here keeps a process alive, so `ref` and `unref` say yes. */
class CompressedTimer {
  readonly callback: TimerCallback;
  readonly delayMs: number;
  readonly isRepeating: boolean;
  readonly order: number;
  dueMs: number;

  constructor(callback: TimerCallback, delayMs: number, isRepeating: boolean, order: number, nowMs: number) {
    this.callback = callback;
    this.delayMs = delayMs;
    this.isRepeating = isRepeating;
    this.order = order;
    this.dueMs = nowMs + delayMs;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.toPrimitive](): number {
    return this.order;
  }
}

/** Real time between two looks at whether virtual time may leap to the next timer. */
const SETTLING_MS = 1;

/** Whether a file is being read or a name looked up, as the SDK does before its first request. */
function isReading(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq') || name === 'GetAddrInfoReqWrap');
}

/**
 * Timers in virtual time. While an invocation waits for nothing but a timer, the bundle's time leaps to the earliest
 * one; while a request is open no timer fires, so a guard against slow answers never fires early. Between invocations
 * the bundle is frozen, as on Lambda.
 */
export class CompressedTimers implements BundleTimers {
  private readonly clock: Clock;
  private readonly inFlight: InFlight;
  private nowMs = 0;
  private order = 1;
  private timers: CompressedTimer[] = [];
  private deadline: { readonly atMs: number; readonly onReached: () => void } | undefined;
  private isPumpArmed = false;

  constructor(clock: Clock, inFlight: InFlight) {
    this.clock = clock;
    this.inFlight = inFlight;
    inFlight.onIdle = () => this.arm();
  }

  now(): number {
    this.nowMs = Math.max(this.nowMs, this.clock.now());
    return this.nowMs;
  }

  set(callback: TimerCallback, delayMs: number, isRepeating: boolean): object {
    const timer = new CompressedTimer(callback, delayMs, isRepeating, this.order++, this.now());
    this.timers.push(timer);
    this.arm();
    return timer;
  }

  clear(handle: unknown): void {
    this.timers = this.timers.filter((timer) => timer !== handle && timer.order !== handle);
  }

  clearAll(): void {
    this.timers = [];
  }

  /** Lets time leap, though not beyond `atMs`: instead of a later timer, `onReached` is called. */
  thaw(atMs: number, onReached: () => void): void {
    this.deadline = { atMs, onReached };
    this.arm();
  }

  freeze(): void {
    this.deadline = undefined;
  }

  private arm(): void {
    if (this.isPumpArmed || !this.deadline || this.timers.length === 0) return;
    this.isPumpArmed = true;
    setTimeout(() => {
      this.isPumpArmed = false;
      this.fireNext();
    }, SETTLING_MS);
  }

  /** One timer at a time: the work that a timer starts (a request, a nearer timer) precedes the next timer. */
  private fireNext(): void {
    if (!this.deadline || !this.inFlight.isIdle) return;
    if (isReading()) {
      this.arm();
      return;
    }
    const next = this.timers.toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
    if (!next) return;
    if (next.dueMs > this.deadline.atMs) {
      this.nowMs = this.deadline.atMs;
      this.deadline.onReached();
      return;
    }
    this.nowMs = Math.max(this.now(), next.dueMs);
    if (next.isRepeating) next.dueMs = this.nowMs + next.delayMs;
    else this.clear(next);
    next.callback();
    this.arm();
  }
}
