import type { Cancel, Clock } from '../../kernel/simulation-clock.ts';
import type { Queue } from './message-queue.ts';

/** Tells those who wait on a queue when one of its messages may have become visible. */
export class Arrivals {
  private readonly clock: Clock;
  private readonly listeners = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  watch(queueArn: string, queue: Queue | undefined, onArrival: () => void): Cancel {
    const listeners = this.listeners.get(queueArn) ?? new Set();
    this.listeners.set(queueArn, listeners.add(onArrival));
    for (const atMs of queue?.arrivals(this.clock.now()) ?? []) this.expect(queueArn, atMs);
    return () => listeners.delete(onArrival);
  }

  /** A message of the queue becomes visible at `atMs`, now or later. */
  expect(queueArn: string, atMs: number): void {
    const listeners = this.listeners.get(queueArn);
    if (!listeners?.size) return;
    const notify = () => {
      for (const listener of [...listeners]) listener();
    };
    const delayMs = atMs - this.clock.now();
    if (delayMs <= 0) notify();
    else this.clock.after(delayMs, notify);
  }
}
