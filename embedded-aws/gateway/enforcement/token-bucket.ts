import type { EpochMs, Limit } from '../../kernel/quantities.ts';

/**
 * A token bucket: one token per request, `rateRps` tokens a second flow in, at most `burst` are kept. Starts full.
 * `slack` is the share by which it refills faster than its rate says (AWS enforces on a best-effort basis).
 */
export class TokenBucket {
  private tokens: number;
  private burst: number;
  private tokensPerMs: number;
  private lastMs: EpochMs;
  private readonly slack: number;

  constructor(limit: Limit, slack: number, nowMs: EpochMs) {
    this.slack = slack;
    this.tokens = limit.burst;
    this.burst = limit.burst;
    this.tokensPerMs = (limit.rateRps * (1 + slack)) / 1000;
    this.lastMs = nowMs;
  }

  /** Takes one token if there is one. Calls come in the order of `nowMs`; an earlier instant refills nothing. */
  take(nowMs: EpochMs): boolean {
    this.refill(nowMs);
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** Undoes a `take`: for a request that another bucket then refused. */
  giveBack(): void {
    this.tokens = Math.min(this.burst, this.tokens + 1);
  }

  /** What flowed in until now stays, up to the new burst. */
  setLimit(limit: Limit, nowMs: EpochMs): void {
    this.refill(nowMs);
    this.burst = limit.burst;
    this.tokens = Math.min(this.tokens, limit.burst);
    this.tokensPerMs = (limit.rateRps * (1 + this.slack)) / 1000;
  }

  /** Milliseconds until a token is there: 0 when there is one, Infinity when none ever comes. */
  waitMs(nowMs: EpochMs): number {
    this.refill(nowMs);
    if (this.tokens >= 1) return 0;
    return this.burst < 1 ? Number.POSITIVE_INFINITY : (1 - this.tokens) / this.tokensPerMs;
  }

  private refill(nowMs: EpochMs): void {
    if (nowMs <= this.lastMs) return;
    const tokens = this.tokens + (nowMs - this.lastMs) * this.tokensPerMs;
    this.tokens = tokens > this.burst ? this.burst : tokens;
    this.lastMs = nowMs;
  }
}
