import type { Limit } from '../limits/limit.ts';
import type { MethodKey } from '../limits/method-key.ts';
import type { ApiStage } from '../platform/api-stage.ts';
import type { KeyId } from '../platform/units.ts';

/** A stage's limits, and the spelling of its own settings keys, which a patch must repeat. */
export interface StageReading {
  readonly limits: Readonly<Record<MethodKey, Limit>>;
  readonly settingsKeys: Readonly<Record<MethodKey, readonly string[]>>;
}

/** What became of a write. Being told to wait is an outcome, not a failure. */
export type WriteResult<Value> =
  /** Read back, and equal to what was sent. */
  | { readonly kind: 'written'; readonly value: Value }
  /** Accepted, but the answer says something else: never a success. */
  | { readonly kind: 'mismatch'; readonly wanted: Value; readonly found: Value | undefined }
  /** Nothing was written by this call: too many calls, or somebody else is writing. */
  | { readonly kind: 'deferred'; readonly reason: 'throttled' | 'conflict'; readonly retryAfterMs: number | undefined }
  /** Out of bounds or off the list of paths: nothing was sent. */
  | { readonly kind: 'refused'; readonly why: string };

/** All that Tidegate asks of API Gateway; the IAM statements hold exactly these calls. */
export interface Gateway {
  /** The account's own limit, above which none is written. */
  accountLimit(): Promise<Limit>;
  /** The API's name, by which CloudWatch knows it. */
  apiName(apiId: string): Promise<string>;
  readStage(api: ApiStage): Promise<StageReading>;
  /** The throttle of every plan by plan id; a plan without one is absent. */
  readPlans(): Promise<ReadonlyMap<string, Limit>>;
  writeStage(
    api: ApiStage,
    wanted: Readonly<Record<MethodKey, Limit>>,
    reading: StageReading,
  ): Promise<WriteResult<Readonly<Record<MethodKey, Limit>>>>;
  writePlan(planId: string, wanted: Limit): Promise<WriteResult<Limit>>;
}

/** Apart from the rest, because its answers hold key values: only the key directory may have it. */
export interface KeyReader {
  /** The ids of a plan's keys; their values never leave the adapter. */
  planKeyIds(planId: string): Promise<KeyId[]>;
}
