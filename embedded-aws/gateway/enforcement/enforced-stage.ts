import { own } from '../../kernel/plain-records.ts';
import type { EpochMs, Limit, MethodKey } from '../../kernel/quantities.ts';
import { EVERY_METHOD } from '../deployed/method-spelling.ts';
import { TokenBucket } from './token-bucket.ts';

/** A stage's limits by normalised method key; `EVERY_METHOD` for methods without an own one. */
export type StageLimits = Readonly<Record<MethodKey, Limit>>;

/** A patched -1 switches a stage's throttling off. */
const isUnlimited = (limit: Limit): boolean => limit.rateRps < 0 || limit.burst < 0;

/** The stage limits in force, and each method's bucket. A stage default gives every method a bucket of its own. */
export class EnforcedStage {
  limits: StageLimits;
  private readonly buckets = new Map<MethodKey, TokenBucket>();
  private readonly slack: number;

  constructor(limits: StageLimits, slack: number) {
    this.limits = limits;
    this.slack = slack;
  }

  apply(limits: StageLimits, nowMs: EpochMs): void {
    this.limits = limits;
    for (const [method, bucket] of this.buckets) {
      const limit = this.limitOf(method);
      if (limit) bucket.setLimit(limit, nowMs);
      else this.buckets.delete(method);
    }
  }

  /** A method's bucket, or undefined when nothing but the account limits it. */
  bucketOf(method: MethodKey, nowMs: EpochMs): TokenBucket | undefined {
    const existing = this.buckets.get(method);
    const limit = this.limitOf(method);
    if (existing || !limit) return existing;
    const bucket = new TokenBucket(limit, this.slack, nowMs);
    this.buckets.set(method, bucket);
    return bucket;
  }

  private limitOf(method: MethodKey): Limit | undefined {
    const limit = own(this.limits, method) ?? own(this.limits, EVERY_METHOD);
    return limit && !isUnlimited(limit) ? limit : undefined;
  }
}
