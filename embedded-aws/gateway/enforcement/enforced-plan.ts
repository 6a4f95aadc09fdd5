import { own } from '../../kernel/plain-records.ts';
import type { EpochMs, KeyId, Limit, MethodKey } from '../../kernel/quantities.ts';
import { TokenBucket } from './token-bucket.ts';
import { type Quota, UsageMeter } from './usage-meter.ts';

export interface PlanLimits {
  /** Per key, over all stages of the plan. */
  readonly throttle?: Limit;
  /** Per key and method, by stage (`<api id>:<stage name>`). */
  readonly methods: Readonly<Record<string, Readonly<Record<MethodKey, Limit>>>>;
}

/** What one key of a plan has: its bucket, its buckets per method, and its usage. */
export interface PlanKey {
  readonly bucket: TokenBucket | undefined;
  readonly usage: UsageMeter;
}

interface KeyState {
  bucket: TokenBucket | undefined;
  /** By `<api id>:<stage name><method key>`. */
  readonly methodBuckets: Map<string, TokenBucket>;
  readonly usage: UsageMeter;
}

/** A usage plan's limits in force and what each of its keys has spent. Keys are known from their first request on. */
export class EnforcedPlan {
  limits: PlanLimits;
  private quota: Quota | undefined;
  private readonly keys = new Map<KeyId, KeyState>();
  private readonly slack: number;

  constructor(limits: PlanLimits, quota: Quota | undefined, slack: number) {
    this.limits = limits;
    this.quota = quota;
    this.slack = slack;
  }

  apply(limits: PlanLimits, nowMs: EpochMs): void {
    this.limits = limits;
    for (const key of this.keys.values()) {
      if (limits.throttle) key.bucket?.setLimit(limits.throttle, nowMs);
      else key.bucket = undefined;
      for (const [name, bucket] of key.methodBuckets) {
        const limit = this.methodLimit(name);
        if (limit) bucket.setLimit(limit, nowMs);
        else key.methodBuckets.delete(name);
      }
    }
  }

  setQuota(quota: Quota | undefined, nowMs: EpochMs): void {
    this.quota = quota;
    for (const key of this.keys.values()) key.usage.setQuota(quota, nowMs);
  }

  key(keyId: KeyId, nowMs: EpochMs): PlanKey {
    const state = this.state(keyId, nowMs);
    if (!state.bucket && this.limits.throttle) {
      state.bucket = new TokenBucket(this.limits.throttle, this.slack, nowMs);
    }
    return state;
  }

  methodBucket(keyId: KeyId, stage: string, method: MethodKey, nowMs: EpochMs): TokenBucket | undefined {
    const name = stage + method;
    const limit = own(own(this.limits.methods, stage), method);
    if (!limit) return undefined;
    const { methodBuckets } = this.state(keyId, nowMs);
    const bucket = methodBuckets.get(name) ?? new TokenBucket(limit, this.slack, nowMs);
    methodBuckets.set(name, bucket);
    return bucket;
  }

  forgetKey(keyId: KeyId): void {
    this.keys.delete(keyId);
  }

  private state(keyId: KeyId, nowMs: EpochMs): KeyState {
    let state = this.keys.get(keyId);
    if (!state) {
      state = { bucket: undefined, methodBuckets: new Map(), usage: new UsageMeter(this.quota, nowMs) };
      this.keys.set(keyId, state);
    }
    return state;
  }

  private methodLimit(name: string): Limit | undefined {
    const slash = name.indexOf('/');
    return this.limits.methods[name.slice(0, slash)]?.[name.slice(slash)];
  }
}
