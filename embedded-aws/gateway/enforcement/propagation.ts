import type { RandomOf } from '../../kernel/random.ts';
import type { Clock } from '../../kernel/simulation-clock.ts';

export interface DelayMs {
  readonly min: number;
  readonly max: number;
}

interface Line {
  lastDueMs: number;
  asked: number;
  applied: number;
}

/**
 * Lets changed limits take effect late: a random delay each, but never out of order for one and the same target. Each
 * target has a stream of its own, so that a change of one target never alters the delays of another.
 */
export class Propagation {
  private readonly clock: Clock;
  private readonly randomOf: RandomOf;
  private readonly lines = new Map<string, Line>();

  constructor(clock: Clock, randomOf: RandomOf) {
    this.clock = clock;
    this.randomOf = randomOf;
  }

  /** Runs `apply` after a delay drawn from `delayMs`, and after every earlier change of `target`. */
  after(target: string, delayMs: DelayMs, apply: () => void): void {
    const nowMs = this.clock.now();
    const line = this.lines.get(target) ?? { lastDueMs: 0, asked: 0, applied: 0 };
    this.lines.set(target, line);
    const drawnMs = delayMs.min + this.randomOf(target)() * (delayMs.max - delayMs.min);
    line.lastDueMs = Math.max(line.lastDueMs, nowMs + drawnMs);
    const turn = ++line.asked;
    this.clock.after(line.lastDueMs - nowMs, () => {
      // A clock that jumped may reorder what was pending; the newest change still wins.
      if (turn < line.applied) return;
      line.applied = turn;
      apply();
    });
  }

  /** Forgets a removed target, whose pending changes have no effect. */
  forget(target: string): void {
    const line = this.lines.get(target);
    if (line) line.applied = Number.POSITIVE_INFINITY;
    this.lines.delete(target);
  }
}
