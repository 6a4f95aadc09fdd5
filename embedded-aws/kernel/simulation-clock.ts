/** Undoes a scheduled task; harmless when it already ran. */
export type Cancel = () => void;
export type Task = () => void | Promise<void>;

/** The one source of time in the embedded AWS: schedules, delays, traffic and the bundles' `Date` all read it. */
export interface Clock {
  /** In virtual time nothing moves but by the one who drives the clock, and waiting costs nothing. */
  readonly isVirtual: boolean;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `task` once, `delayMs` (>= 0, rounded to whole milliseconds, as every instant here is) from now. Tasks due at the same instant run in the order they were asked for. */
  after(delayMs: number, task: Task): Cancel;
  /** Runs `task` at every instant t with t mod `periodMs` = `offsetMs`: a grid, so that a moved clock keeps its rhythm. */
  every(periodMs: number, offsetMs: number, task: Task): Cancel;
}

interface Entry {
  atMs: number;
  readonly order: number;
  readonly task: Task;
  readonly grid?: { periodMs: number; offsetMs: number };
  cancelled: boolean;
}

/** Node's timers overflow beyond 2^31-1 ms; a wall clock looks again at the latest after this. */
const LONGEST_SLEEP_MS = 60_000;

const nextOnGrid = (afterMs: number, periodMs: number, offsetMs: number): number =>
  Math.floor((afterMs - offsetMs) / periodMs) * periodMs + periodMs + offsetMs;

export interface SimulationClockOptions {
  /** How far ahead of the wall the clock starts; negative is behind. Default 0. */
  readonly offsetMs?: number;
  /** How many of its seconds pass in one of the wall's while it runs by itself. Default 1. */
  readonly rate?: number;
  readonly onError: (error: unknown) => void;
}

/**
 * A clock that runs by itself, as the wall does, until it is told to run virtually. In virtual time nothing moves but by
 * `runUntil`, and no task starts before the one ahead of it has settled: a run is a sequence, and the same seed gives
 * the same run. It never goes back.
 */
export class SimulationClock implements Clock {
  private virtualNowMs: number | undefined;
  private anchor: { readonly wallMs: number; readonly clockMs: number };
  private readonly rate: number;
  private readonly onError: (error: unknown) => void;
  private readonly queue: Entry[] = [];
  private order = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: SimulationClockOptions) {
    const wallMs = Date.now();
    this.anchor = { wallMs, clockMs: wallMs + (options.offsetMs ?? 0) };
    this.rate = options.rate ?? 1;
    this.onError = options.onError;
  }

  now(): number {
    return this.virtualNowMs ?? Math.floor(this.anchor.clockMs + (Date.now() - this.anchor.wallMs) * this.rate);
  }

  /** Whether time stands still but for `runUntil`. */
  get isVirtual(): boolean {
    return this.virtualNowMs !== undefined;
  }

  after(delayMs: number, task: Task): Cancel {
    return this.add({
      atMs: this.now() + Math.max(0, Math.round(delayMs)),
      order: this.order++,
      task,
      cancelled: false,
    });
  }

  every(periodMs: number, offsetMs: number, task: Task): Cancel {
    const grid = { periodMs, offsetMs };
    const atMs = nextOnGrid(this.now(), periodMs, offsetMs);
    return this.add({ atMs, order: this.order++, task, grid, cancelled: false });
  }

  /** Stops running by itself: finishes what is pending within `settleMs`, then jumps ahead to `epochMs` if given. */
  async goVirtual(settleMs: number, epochMs?: number): Promise<void> {
    const startMs = this.now();
    clearTimeout(this.timer);
    this.virtualNowMs = startMs;
    await this.runUntil(startMs + settleMs);
    if (epochMs !== undefined) this.jump(epochMs);
  }

  /** Runs by itself again, from `fromMs` (not before the present) on. */
  goLive(fromMs: number = this.now()): void {
    this.jump(fromMs);
    this.anchor = { wallMs: Date.now(), clockMs: fromMs };
    this.virtualNowMs = undefined;
    this.arm();
  }

  /** Moves the present without living through the time between: delays keep their rest, grids keep their rhythm. */
  private jump(toMs: number): void {
    const shiftMs = toMs - this.now();
    if (shiftMs < 0) throw new RangeError(`The clock cannot go back: ${toMs} is before the present, ${this.now()}.`);
    this.virtualNowMs = toMs;
    for (const entry of this.queue) {
      entry.atMs = entry.grid ? nextOnGrid(toMs, entry.grid.periodMs, entry.grid.offsetMs) : entry.atMs + shiftMs;
    }
    this.queue.sort(byTime);
  }

  /** Virtual time only: runs every task due up to and including `untilMs`, one after the other; nothing in the past. */
  async runUntil(untilMs: number): Promise<void> {
    if (this.virtualNowMs === undefined) throw new Error('runUntil needs virtual time: call goVirtual first.');
    for (let entry = this.queue[0]; entry && entry.atMs <= untilMs; entry = this.queue[0]) {
      this.virtualNowMs = Math.max(this.virtualNowMs, entry.atMs);
      await this.runFirst();
    }
    this.virtualNowMs = Math.max(this.virtualNowMs, untilMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.queue.length = 0;
  }

  private async runFirst(): Promise<void> {
    const entry = this.queue.shift();
    if (!entry || entry.cancelled) return;
    if (entry.grid) {
      entry.atMs = nextOnGrid(entry.atMs, entry.grid.periodMs, entry.grid.offsetMs);
      this.insert(entry);
    }
    try {
      await entry.task();
    } catch (error) {
      this.onError(error);
    }
  }

  private add(entry: Entry): Cancel {
    this.insert(entry);
    this.arm();
    return () => {
      entry.cancelled = true;
      const index = this.queue.indexOf(entry);
      if (index >= 0) this.queue.splice(index, 1);
    };
  }

  private insert(entry: Entry): void {
    let index = this.queue.length;
    while (index > 0 && byTime(this.queue[index - 1] as Entry, entry) > 0) index--;
    this.queue.splice(index, 0, entry);
  }

  private arm(): void {
    if (this.virtualNowMs !== undefined) return;
    clearTimeout(this.timer);
    const first = this.queue[0];
    if (!first) return;
    const sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(0, (first.atMs - this.now()) / this.rate));
    this.timer = setTimeout(() => this.pump(), sleepMs);
    this.timer.unref();
  }

  /** In real time: starts due work without waiting for it, as a real cloud would. */
  private pump(): void {
    if (this.virtualNowMs !== undefined) return;
    const now = this.now();
    for (let first = this.queue[0]; first && first.atMs <= now; first = this.queue[0]) void this.runFirst();
    this.arm();
  }
}

function byTime(a: Entry, b: Entry): number {
  return a.atMs - b.atMs || a.order - b.order;
}
