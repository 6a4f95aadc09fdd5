import type { EpochMs } from '../../kernel/quantities.ts';
import { DAY_MS, quotaPeriod } from './quota-period.ts';

export interface Quota {
  /** Requests per period. */
  readonly limit: number;
  /** Requests taken off the limit in the first period. */
  readonly offset: number;
  readonly period: string;
}

/** One key's usage on one UTC day, and the remaining quota at the end of the day (or at present). */
export interface DailyUsage {
  readonly dayMs: EpochMs;
  readonly used: number;
  readonly remaining: number;
}

/** Counts what one key of one plan used, by UTC day and by quota period. Throttled requests are not counted. */
export class UsageMeter {
  private quota: Quota | undefined;
  private allowance = Number.POSITIVE_INFINITY;
  private usedInPeriod = 0;
  private periodEndMs: EpochMs = 0;
  private isFirstPeriod = true;
  private usedToday = 0;
  private dayEndMs: EpochMs = 0;
  private readonly past: DailyUsage[] = [];

  constructor(quota: Quota | undefined, nowMs: EpochMs) {
    this.quota = quota;
    this.beginPeriod(nowMs);
    this.dayEndMs = quotaPeriod('DAY', nowMs).endMs;
  }

  /** A changed limit keeps the usage; a changed period resets it. */
  setQuota(quota: Quota | undefined, nowMs: EpochMs): void {
    this.roll(nowMs);
    const isSamePeriod = quota?.period === this.quota?.period;
    this.quota = quota;
    if (isSamePeriod) this.allowance = this.allowanceNow();
    else this.beginPeriod(nowMs);
  }

  isExhausted(nowMs: EpochMs): boolean {
    this.roll(nowMs);
    return this.usedInPeriod >= this.allowance;
  }

  count(nowMs: EpochMs): void {
    this.roll(nowMs);
    this.usedInPeriod += 1;
    this.usedToday += 1;
  }

  /** Requests left in the present period: 0 or more; 0 also for a plan without a quota, where nothing can be left. */
  remaining(nowMs: EpochMs): number {
    this.roll(nowMs);
    return this.quota ? Math.max(0, this.allowance - this.usedInPeriod) : 0;
  }

  /** Grants, or takes away, so that `remaining` requests are left in the present period. */
  setRemaining(remaining: number, nowMs: EpochMs): void {
    this.roll(nowMs);
    this.usedInPeriod = this.allowance - remaining;
  }

  /** Every day with requests, and today, oldest first. */
  days(nowMs: EpochMs): DailyUsage[] {
    const remaining = this.remaining(nowMs);
    return [...this.past, { dayMs: this.dayEndMs - DAY_MS, used: this.usedToday, remaining }];
  }

  private roll(nowMs: EpochMs): void {
    if (nowMs >= this.dayEndMs) this.endDay(nowMs);
    if (nowMs >= this.periodEndMs) {
      this.isFirstPeriod = false;
      this.beginPeriod(nowMs);
    }
  }

  private endDay(nowMs: EpochMs): void {
    const remaining = this.quota ? Math.max(0, this.allowance - this.usedInPeriod) : 0;
    if (this.usedToday > 0) this.past.push({ dayMs: this.dayEndMs - DAY_MS, used: this.usedToday, remaining });
    this.usedToday = 0;
    this.dayEndMs = quotaPeriod('DAY', nowMs).endMs;
  }

  private beginPeriod(nowMs: EpochMs): void {
    this.usedInPeriod = 0;
    this.allowance = this.allowanceNow();
    this.periodEndMs = this.quota ? quotaPeriod(this.quota.period, nowMs).endMs : Number.POSITIVE_INFINITY;
  }

  private allowanceNow(): number {
    if (!this.quota) return Number.POSITIVE_INFINITY;
    return this.quota.limit - (this.isFirstPeriod ? this.quota.offset : 0);
  }
}
