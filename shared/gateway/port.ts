import type { Limit } from '../limits/limit.ts';
import type { MethodKey } from '../limits/method-key.ts';
import type { ApiStage } from '../platform/api-stage.ts';
import type { KeyId } from '../platform/units.ts';

/** A stage's limits, and the spelling of its settings keys, which a patch must repeat exactly. */
export interface StageReading {
  readonly limits: Readonly<Record<MethodKey, Limit>>;
  readonly settingsKeys: Readonly<Record<MethodKey, readonly string[]>>;
  /** By method, an invalid limit that AWS answered, in words: what is in force for the method is unknown. */
  readonly unreadable: Readonly<Record<MethodKey, string>>;
}

/** What a write of the stage has to know: how its keys are spelled, and the most that may be written. */
export interface KnownStage extends Pick<StageReading, 'settingsKeys'> {
  readonly account: Limit;
}

/** The result of a write. A deferred write is an outcome, not a failure. */
export type WriteResult<Value> =
  /** Read back, and equal to what was sent. */
  | { readonly kind: 'written'; readonly value: Value }
  /** AWS accepted the write but returned another value: not a success. */
  | { readonly kind: 'mismatch'; readonly wanted: Value; readonly found: Value | undefined }
  /** AWS refused the call, because of the quota or a concurrent change; nothing was written. */
  | { readonly kind: 'deferred'; readonly reason: 'throttled' | 'conflict'; readonly retryAfterMs: number | undefined }
  /** The limit is out of bounds or its path is not allowed; nothing was sent. */
  | { readonly kind: 'refused'; readonly why: string };

/** Every API Gateway call that Tidegate makes; the IAM statements grant exactly these calls. */
export interface Gateway {
  /** The account's limit, which bounds every other; undefined if the answer of AWS has no usable limit. */
  accountLimit(): Promise<Limit | undefined>;
  /** The API's name, which CloudWatch uses as a dimension. */
  apiName(apiId: string): Promise<string>;
  /** @param account the limit of a method whose own throttle is switched off */
  readStage(api: ApiStage, account: Limit): Promise<StageReading>;
  /** The throttle of every plan by plan id; a plan without one is absent. */
  readPlans(): Promise<ReadonlyMap<string, Limit>>;
  /** Writes the named methods; every other method is left as it is. */
  writeStage(
    api: ApiStage,
    wanted: Readonly<Record<MethodKey, Limit>>,
    known: KnownStage,
  ): Promise<WriteResult<Readonly<Record<MethodKey, Limit>>>>;
  /** The caller has bounded the limit by the account's. */
  writePlan(planId: string, wanted: Limit): Promise<WriteResult<Limit>>;
}

/** A separate port, because its answers contain key values: only the key directory may use it. */
export interface KeyReader {
  /** The ids of a plan's keys; their values never leave the adapter. */
  planKeyIds(planId: string): Promise<KeyId[]>;
}
