import type { Admission, FinishedRequest, GatewayPort, GatewayRequest } from '@tidegate/embedded-aws/gateway';
import type { Limit } from '../../../shared/limits/limit.ts';

interface Bucket {
  tokens: number;
  updatedMs: number;
}

/** A gateway of plain token buckets, one per key and one per method, whose limits a test may move at any time. */
export class BucketGateway implements GatewayPort {
  readonly finished: FinishedRequest[] = [];
  admitted = 0;
  refused = 0;
  private readonly buckets = new Map<string, Bucket>();
  private readonly keepFinished: boolean;
  keyLimit: Limit;
  methodLimit: Limit;

  constructor(keyLimit: Limit, methodLimit: Limit, keepFinished = true) {
    this.keyLimit = keyLimit;
    this.methodLimit = methodLimit;
    this.keepFinished = keepFinished;
  }

  admit(request: GatewayRequest, atMs: number): Admission {
    const isWithin = this.take(request.keyId, this.keyLimit, atMs) && this.take(request.path, this.methodLimit, atMs);
    if (isWithin) this.admitted++;
    else this.refused++;
    return isWithin ? 'admitted' : 'THROTTLED';
  }

  finish(requests: readonly FinishedRequest[]): void {
    if (this.keepFinished) this.finished.push(...requests);
  }

  private take(name: string, limit: Limit, atMs: number): boolean {
    let bucket = this.buckets.get(name);
    if (!bucket) {
      bucket = { tokens: limit.burst, updatedMs: atMs };
      this.buckets.set(name, bucket);
    }
    const refilled = bucket.tokens + ((atMs - bucket.updatedMs) * limit.rateRps) / 1000;
    bucket.tokens = Math.min(limit.burst, refilled);
    bucket.updatedMs = atMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}

export const UNLIMITED: Limit = { rateRps: 1e9, burst: 1e9 };
