import type { Limit } from '../../shared/limits/limit.ts';
import type { EpochMs } from '../../shared/platform/units.ts';

/** Measures "within contract": an exact token bucket of a tier's baseline, full at the start, one per key. */
export class ContractBucket {
  private tokens: number;
  /** Requests admitted beyond the contract and not yet offset, at most one second of its rate. */
  private beyond = 0;
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

  /** A first attempt that is not within the contract was let through all the same. */
  exceeded(): void {
    this.beyond = Math.min(Math.max(1, this.limit.rateRps), this.beyond + 1);
  }

  /**
   * A first attempt within the contract was refused: whether that makes up for one that was let through beyond it. Of a
   * flood two buckets of the same limit admit as many requests, but not the same ones.
   */
  makesUp(): boolean {
    if (this.beyond < 1) return false;
    this.beyond--;
    return true;
  }
}
