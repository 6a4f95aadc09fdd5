import type { Admission, FinishedRequest, GatewayRequest } from '@tidegate/embedded-aws/gateway';
import type { EpochMs, KeyId } from '../../shared/platform/units.ts';
import type { ContractBucket } from './contract-bucket.ts';
import type { ClientGroup } from './scenario.ts';
import type { FirstAttempt } from './scoring/first-attempt.ts';
import type { Job } from './simulated-backend.ts';

/** One key and the constants of its requests. */
export interface Source {
  readonly keyId: KeyId;
  /** Of all keys of the scenario. */
  readonly keyIndex: number;
  readonly group: ClientGroup;
  readonly tierIndex: number;
  readonly isHonest: boolean;
  readonly contract: ContractBucket;
  /** Tells usual demand from excess. */
  readonly usual: ContractBucket;
  /** By index of the method; shared by all attempts, for there are many. */
  readonly requests: readonly GatewayRequest[];
}

/** A request on its way through the world: the backend's job, the scores' first attempt, and its own outcome. */
export interface Attempt extends Job, FirstAttempt {
  readonly source: Source;
  readonly methodIndex: number;
  /** 1 for a first attempt. */
  readonly number: number;
  /** The gateway's cache answers it if it is admitted. */
  readonly isCached: boolean;
  /** Set once it is refused or answered. */
  status: number;
  endMs: EpochMs;
  refusal: Exclude<Admission, 'admitted'> | undefined;
}

/** A retry of the request. Its fields are in the order of a first attempt, because objects of one shape are fast. */
export function retryOf(attempt: Attempt, startMs: EpochMs): Attempt {
  return {
    source: attempt.source,
    methodIndex: attempt.methodIndex,
    number: attempt.number + 1,
    tierIndex: attempt.tierIndex,
    keyIndex: attempt.keyIndex,
    isHonest: attempt.isHonest,
    isWithinContract: attempt.isWithinContract,
    isUsual: attempt.isUsual,
    cost: attempt.cost,
    arrivalSeconds: attempt.arrivalSeconds,
    slowness: attempt.slowness,
    isCached: attempt.isCached,
    startMs,
    doneAtWork: 0,
    isAnswered: false,
    status: 0,
    endMs: 0,
    refusal: undefined,
  };
}

/** The access log's and the metrics' view of an attempt that has ended. */
export function finishedRequest(attempt: Attempt): FinishedRequest {
  const { keyId, verb, path } = attempt.source.requests[attempt.methodIndex] as GatewayRequest;
  const { startMs, endMs, status } = attempt;
  if (attempt.refusal) return { keyId, verb, path, startMs, endMs, status, errorType: attempt.refusal };
  if (attempt.isCached) return { keyId, verb, path, startMs, endMs, status };
  const integrationLatencyMs = endMs - startMs;
  if (status === 504) {
    return { keyId, verb, path, startMs, endMs, status, errorType: 'INTEGRATION_TIMEOUT', integrationLatencyMs };
  }
  return { keyId, verb, path, startMs, endMs, status, integrationLatencyMs, backendStatus: status };
}

export const isFirst = (attempt: Attempt): boolean => attempt.number === 1;
