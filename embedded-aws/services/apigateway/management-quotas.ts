import { TokenBucket } from '../../gateway/enforcement/token-bucket.ts';
import type { Caller } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Clock } from '../../kernel/simulation-clock.ts';

export interface ManagementQuota {
  readonly requests: number;
  readonly perSeconds: number;
  /** Requests that may come at once; `requests` when absent. */
  readonly burst?: number;
}

/** API Gateway's quotas for its management operations, for an account in a Region. None can be raised. */
export const MANAGEMENT_QUOTAS = {
  everyOperation: { requests: 10, perSeconds: 1, burst: 40 },
  operations: {
    CreateApiKey: { requests: 5, perSeconds: 1 },
    CreateDeployment: { requests: 1, perSeconds: 5 },
    CreateResource: { requests: 5, perSeconds: 1 },
    CreateRestApi: { requests: 1, perSeconds: 3 },
    DeleteApiKey: { requests: 5, perSeconds: 1 },
    DeleteResource: { requests: 5, perSeconds: 1 },
    DeleteRestApi: { requests: 1, perSeconds: 30 },
    GetResources: { requests: 5, perSeconds: 2 },
    UpdateAccount: { requests: 1, perSeconds: 20 },
    UpdateUsagePlan: { requests: 1, perSeconds: 20 },
  },
} as const satisfies {
  everyOperation: ManagementQuota;
  operations: Readonly<Record<string, ManagementQuota>>;
};

export interface RejectedCalls {
  readonly operation: string;
  readonly caller: string;
  count: number;
}

/** A caller's name in counters and reports: `developer`, a function's name, or a service's principal. */
export function callerName(caller: Caller): string {
  if (caller.kind === 'function') return caller.functionName;
  return caller.kind === 'service' ? caller.principal : caller.kind;
}

/** CloudFormation paces its own calls within the account's quotas; that pacing is not emulated. */
const isExempt = (caller: Caller): boolean =>
  caller.kind === 'service' && caller.principal === 'cloudformation.amazonaws.com';

/** Enforces the management quotas and counts what they refused. */
export class ManagementQuotas {
  private readonly clock: Clock;
  private everyOperation: TokenBucket;
  private operations: ReadonlyMap<string, TokenBucket>;
  private readonly refused = new Map<string, RejectedCalls>();

  constructor(clock: Clock) {
    this.clock = clock;
    this.everyOperation = bucketOf(MANAGEMENT_QUOTAS.everyOperation, clock.now());
    this.operations = ownBuckets(clock.now());
  }

  /** As after a long silence: for who looks at one instant again and again. */
  refill(): void {
    this.everyOperation = bucketOf(MANAGEMENT_QUOTAS.everyOperation, this.clock.now());
    this.operations = ownBuckets(this.clock.now());
  }

  get rejected(): readonly RejectedCalls[] {
    return [...this.refused.values()];
  }

  /** A refused call costs no token. @throws TooManyRequestsException with `retryAfterSeconds` */
  admit(operation: string, caller: Caller): void {
    if (isExempt(caller)) return;
    const nowMs = this.clock.now();
    const own = this.operations.get(operation);
    const waitMs = Math.max(this.everyOperation.waitMs(nowMs), own?.waitMs(nowMs) ?? 0);
    if (waitMs > 0) this.refuse(operation, caller, waitMs);
    this.everyOperation.take(nowMs);
    own?.take(nowMs);
  }

  private refuse(operation: string, caller: Caller, waitMs: number): never {
    const name = callerName(caller);
    const calls = this.refused.get(`${operation} ${name}`) ?? { operation, caller: name, count: 0 };
    calls.count++;
    this.refused.set(`${operation} ${name}`, calls);
    const retryAfterSeconds = String(Math.ceil(waitMs / 1000));
    throw new AwsError('TooManyRequestsException', 'Too Many Requests', {
      status: 429,
      members: { retryAfterSeconds },
    });
  }
}

function ownBuckets(nowMs: number): ReadonlyMap<string, TokenBucket> {
  const quotas = Object.entries(MANAGEMENT_QUOTAS.operations);
  return new Map(quotas.map(([operation, quota]) => [operation, bucketOf(quota, nowMs)]));
}

function bucketOf(quota: ManagementQuota, nowMs: number): TokenBucket {
  return new TokenBucket(
    { rateRps: quota.requests / quota.perSeconds, burst: quota.burst ?? quota.requests },
    0,
    nowMs,
  );
}
