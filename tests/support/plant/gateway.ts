import type { Limit, Limits } from '../../../shared/platform/units.ts';

/** A token bucket in whole seconds: what arrives within a second meets the tokens of that second. */
export class SecondBucket {
  private tokens: number | undefined;

  /** How many of `count` requests of this second pass. */
  admit(count: number, limit: Limit, slackShare: number): number {
    const refill = limit.rateRps * (1 + slackShare);
    const available = Math.min(limit.burst, this.tokens ?? limit.burst) + refill;
    const passed = Math.min(count, Math.floor(available));
    this.tokens = Math.min(limit.burst, available - passed);
    return passed;
  }
}

/** Limits that take effect a while after they are written. */
export class DelayedLimits {
  live: Limits;
  private applied: Limits;
  private readonly pending: { readonly atSecond: number; readonly apply: (limits: Limits) => Limits }[] = [];

  constructor(baseline: Limits) {
    this.live = baseline;
    this.applied = baseline;
  }

  write(change: (limits: Limits) => Limits, atSecond: number): void {
    this.live = change(this.live);
    this.pending.push({ atSecond, apply: change });
  }

  inForce(second: number): Limits {
    while (this.pending[0] !== undefined && this.pending[0].atSecond <= second) {
      this.applied = this.pending.shift()?.apply(this.applied) ?? this.applied;
    }
    return this.applied;
  }
}
