import { PLAN_WRITE_QUOTA_MS } from '../../shared/platform/aws-assumptions.ts';
import type { EpochMs, TierName } from '../../shared/platform/units.ts';

/** A plan write that AWS accepted. */
export interface PlanWrite {
  readonly tier: TierName;
  readonly atMs: EpochMs;
}

/** One stretch of time in which a plan was to be changed and AWS would have accepted the write. */
export interface PlanWait {
  /** The plan that was written in the end; otherwise the one to be written next. */
  readonly tier: TierName;
  readonly endMs: EpochMs;
  readonly waitedMs: number;
  /** `withdrawn`: control no longer wanted any change. `unwritten`: the run ended before the write came. */
  readonly end: 'written' | 'withdrawn' | 'unwritten';
}

/**
 * Measures how long changes of plans wait for us alone. AWS accepts one plan write per 20 s, so a change that waits for
 * its turn is not late: the time counts only while the account's slot is free. Which plan takes a slot is the law's
 * choice and is not judged here.
 */
export class PlanWaits {
  readonly ended: PlanWait[] = [];
  private slotFreeMs: EpochMs = Number.NEGATIVE_INFINITY;
  private pending: { readonly sinceMs: EpochMs; readonly tier: TierName } | undefined;

  /**
   * To be called at short, regular intervals, which bound the error of every wait.
   * @param writes accepted since the last call, oldest first
   * @param pending tiers whose plan is not yet what control wants, most urgent first
   */
  look(now: EpochMs, writes: readonly PlanWrite[], pending: readonly TierName[]): void {
    for (const { tier, atMs } of writes) {
      this.ended.push({ tier, endMs: atMs, waitedMs: this.waitedUntil(atMs), end: 'written' });
      this.slotFreeMs = atMs + PLAN_WRITE_QUOTA_MS;
      this.pending = undefined;
    }
    const [tier] = pending;
    if (tier === undefined) this.end(now, 'withdrawn');
    else this.pending = { sinceMs: this.pending?.sinceMs ?? now, tier };
  }

  /** Ends the wait that is still going on, if there is one. */
  end(now: EpochMs, end: 'withdrawn' | 'unwritten'): void {
    const waitedMs = this.waitedUntil(now);
    if (this.pending && waitedMs > 0) this.ended.push({ tier: this.pending.tier, endMs: now, waitedMs, end });
    this.pending = undefined;
  }

  private waitedUntil(atMs: EpochMs): number {
    return this.pending ? Math.max(0, atMs - Math.max(this.pending.sinceMs, this.slotFreeMs)) : 0;
  }
}
