import type { EpochMs, Limit } from '../../shared/platform/units.ts';

/** The yardstick of "within contract": an exact token bucket of a tier's baseline, full at the start, one per key. */
export class ContractBucket {
  private tokens: number;
  private updatedMs: EpochMs;
  private readonly limit: Limit;

  constructor(limit: Limit, startMs: EpochMs) {
    this.limit = limit;
    this.tokens = limit.burst;
    this.updatedMs = startMs;
  }

  /** Whether a first attempt that arrives at `atMs` (never earlier than the last one) is within the contract. */
  takes(atMs: EpochMs): boolean {
    const refill = ((atMs - this.updatedMs) * this.limit.rateRps) / 1000;
    this.tokens = Math.min(this.limit.burst, this.tokens + refill);
    this.updatedMs = atMs;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
