import type { EpochMs, KeyId } from '../../kernel/quantities.ts';
import type { DeployedApi } from '../deployed/deployed-api.ts';
import { methodKey } from '../deployed/method-spelling.ts';
import type { Admission } from '../deployed/simulation-port.ts';
import type { EnforcedPlan, PlanKey } from './enforced-plan.ts';
import type { Enforcement } from './enforcement.ts';
import type { TokenBucket } from './token-bucket.ts';

/** What a stage's door must know of the configuration; asked again whenever `Enforcement.version` has moved. */
export interface DoorSource {
  deployed(): DeployedApi | undefined;
  /** The plan through which an enabled key may use this stage. */
  planOf(keyId: KeyId): string | undefined;
}

interface MethodDoor {
  readonly index: number;
  readonly key: string;
  readonly apiKeyRequired: boolean;
  readonly bucket: TokenBucket | undefined;
}

interface KeyDoor {
  readonly plan: PlanKey;
  /** By `MethodDoor.index`. */
  readonly methodBuckets: readonly (TokenBucket | undefined)[];
}

/**
 * Decides every request of one stage, in the order that API Gateway documents: the plan's limit for the method, the
 * plan's own, the stage's for the method, the account's. Remembers the buckets it needs, so that a request allocates
 * nothing.
 */
export class StageDoor {
  private readonly stage: string;
  private readonly enforcement: Enforcement;
  private readonly source: DoorSource;
  private seenVersion = -1;
  private readonly methods = new Map<string, Map<string, MethodDoor>>();
  private readonly keys = new Map<KeyId, KeyDoor | 'unknown'>();

  /** `stage` is `<api id>:<stage name>`. */
  constructor(stage: string, enforcement: Enforcement, source: DoorSource) {
    this.stage = stage;
    this.enforcement = enforcement;
    this.source = source;
  }

  /**
   * Decides one request for a deployed method; `keyId` is undefined when the caller sent none, or none that exists.
   * @throws RangeError when the method is not deployed.
   */
  admit(keyId: KeyId | undefined, verb: string, path: string, atMs: EpochMs): Admission {
    if (this.seenVersion !== this.enforcement.version) this.rebuild(atMs);
    const method = this.methods.get(verb)?.get(path) ?? this.methods.get('ANY')?.get(path);
    if (!method) throw new RangeError(`${verb} ${path} is not deployed at ${this.stage}.`);
    if (!method.apiKeyRequired) return this.admitAtStage(method, atMs) ? 'admitted' : 'THROTTLED';
    const key = keyId === undefined ? 'unknown' : (this.keys.get(keyId) ?? this.learn(keyId, atMs));
    return key === 'unknown' ? 'INVALID_API_KEY' : this.admitKey(key, method, atMs);
  }

  private admitKey(key: KeyDoor, method: MethodDoor, atMs: EpochMs): Admission {
    const { bucket, usage } = key.plan;
    if (usage.isExhausted(atMs)) return 'QUOTA_EXCEEDED';
    const methodBucket = key.methodBuckets[method.index];
    if (methodBucket && !methodBucket.take(atMs)) return 'THROTTLED';
    if (bucket && !bucket.take(atMs)) return 'THROTTLED';
    if (!this.admitAtStage(method, atMs)) {
      if (!this.enforcement.options.stageRefusalSpendsPlanToken) {
        methodBucket?.giveBack();
        bucket?.giveBack();
      }
      return 'THROTTLED';
    }
    usage.count(atMs);
    return 'admitted';
  }

  private admitAtStage(method: MethodDoor, atMs: EpochMs): boolean {
    return (!method.bucket || method.bucket.take(atMs)) && this.enforcement.account.take(atMs);
  }

  private rebuild(atMs: EpochMs): void {
    this.seenVersion = this.enforcement.version;
    this.methods.clear();
    this.keys.clear();
    const enforced = this.enforcement.stage(this.stage);
    this.source.deployed()?.methods.forEach(({ verb, path, apiKeyRequired }, index) => {
      const byPath = this.methods.get(verb) ?? new Map<string, MethodDoor>();
      const key = methodKey(path, verb);
      byPath.set(path, { index, key, apiKeyRequired, bucket: enforced?.bucketOf(key, atMs) });
      this.methods.set(verb, byPath);
    });
  }

  private learn(keyId: KeyId, atMs: EpochMs): KeyDoor | 'unknown' {
    const planId = this.source.planOf(keyId);
    const plan = planId === undefined ? undefined : this.enforcement.plan(planId);
    const door = plan
      ? { plan: plan.key(keyId, atMs), methodBuckets: this.methodBuckets(plan, keyId, atMs) }
      : 'unknown';
    this.keys.set(keyId, door);
    return door;
  }

  private methodBuckets(plan: EnforcedPlan, keyId: KeyId, atMs: EpochMs): (TokenBucket | undefined)[] {
    const buckets: (TokenBucket | undefined)[] = [];
    for (const byPath of this.methods.values()) {
      for (const method of byPath.values()) {
        buckets[method.index] = plan.methodBucket(keyId, this.stage, method.key, atMs);
      }
    }
    return buckets;
  }
}
