import type { MethodKey } from '../limits/method-key.ts';
import type { KeyId } from '../platform/units.ts';
import { LATENCY_BOUNDS_MS } from './window.ts';

/** The outcome of one request. The first three outcomes never reached the backend. */
export type Outcome = 'throttled' | 'quotaExceeded' | 'refused' | 'serverError' | 'answered';

/** The fields of one access-log line that Tidegate needs. */
export interface AccessRecord {
  readonly apiId: string;
  readonly stage: string;
  readonly method: MethodKey;
  readonly outcome: Outcome;
  /** Absent if the request had no known key. */
  readonly keyId: KeyId | undefined;
  /** Absent if the request never reached the backend. */
  readonly backendLatencyMs: number | undefined;
}

/** The fields of a line, all quoted; API Gateway renders a missing value as `-`. */
interface Line {
  readonly apiId?: unknown;
  readonly stage?: unknown;
  readonly resourcePath?: unknown;
  readonly httpMethod?: unknown;
  readonly status?: unknown;
  readonly errorType?: unknown;
  readonly apiKeyId?: unknown;
  readonly integrationLatency?: unknown;
  readonly integrationStatus?: unknown;
}

const API_ID = /^[a-z0-9]{1,32}$/;
const STAGE = /^[A-Za-z0-9_-]{1,128}$/;
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;
const HTTP_METHOD = /^[A-Z]{1,10}$/;
const STATUS = /^[1-5][0-9]{2}$/;
const MILLISECONDS = /^[0-9]{1,9}$/;
const LONGEST_PATH = 512;

/** 5xx answers of the gateway itself: the authorizer or the API failed, and the request never reached the backend. */
const GATEWAY_FAULTS = new Set(['AUTHORIZER_FAILURE', 'AUTHORIZER_CONFIGURATION_ERROR', 'API_CONFIGURATION_ERROR']);

/**
 * Reads one access-log line. Lines are untrusted: a field that is absent, of another type or not of its known form
 * makes the whole line unreadable.
 * @returns undefined for an unreadable line; never throws.
 */
export function parseAccessLine(message: string): AccessRecord | undefined {
  let line: Line;
  try {
    line = JSON.parse(message) as Line;
  } catch {
    return undefined;
  }
  if (typeof line !== 'object' || line === null) return undefined;
  const { apiId, stage } = line;
  if (typeof apiId !== 'string' || !API_ID.test(apiId)) return undefined;
  if (typeof stage !== 'string' || !STAGE.test(stage)) return undefined;
  const method = methodOf(line.resourcePath, line.httpMethod);
  const status = typeof line.status === 'string' && STATUS.test(line.status) ? Number(line.status) : undefined;
  const backendLatencyMs = optional(line.integrationLatency, MILLISECONDS);
  const keyId = optional(line.apiKeyId, KEY_ID);
  if (method === undefined || status === undefined || backendLatencyMs === null || keyId === null) return undefined;
  return {
    apiId,
    stage,
    method,
    outcome: outcomeOf(line, status, backendLatencyMs !== undefined),
    keyId,
    backendLatencyMs: backendLatencyMs === undefined ? undefined : Number(backendLatencyMs),
  };
}

/** The field's text; undefined if the gateway had no value; null if the text is invalid. */
function optional(value: unknown, form: RegExp): string | undefined | null {
  if (value === '-' || value === '' || value === undefined) return undefined;
  return typeof value === 'string' && form.test(value) ? value : null;
}

/** A request that matched no resource has no path: such requests share the method `unknown`. */
function methodOf(resourcePath: unknown, httpMethod: unknown): MethodKey | undefined {
  if (typeof resourcePath !== 'string' || typeof httpMethod !== 'string') return undefined;
  if (resourcePath === '-' || httpMethod === '-') return 'unknown';
  if (!resourcePath.startsWith('/') || resourcePath.length > LONGEST_PATH) return undefined;
  return HTTP_METHOD.test(httpMethod) ? `${resourcePath}/${httpMethod}` : undefined;
}

/**
 * Only a `THROTTLED` answer comes from Tidegate's limits. A spent quota is commercial; a 429 or throttle of the integration
 * comes from the backend and appears as API Gateway's 5xx.
 */
function outcomeOf(line: Line, status: number, hasLatency: boolean): Outcome {
  const { errorType } = line;
  if (errorType === 'THROTTLED') return 'throttled';
  if (errorType === 'QUOTA_EXCEEDED') return 'quotaExceeded';
  const reached = hasLatency || (typeof line.integrationStatus === 'string' && STATUS.test(line.integrationStatus));
  if (status >= 500) return !reached && GATEWAY_FAULTS.has(String(errorType)) ? 'refused' : 'serverError';
  // A cache's answer passed every limit like any other; only the backend did not see it.
  return reached || status < 400 ? 'answered' : 'refused';
}

/** Index of the bucket of `LATENCY_BOUNDS_MS` that holds `latencyMs`; the last bucket holds all larger values. */
export function latencyBucket(latencyMs: number): number {
  let low = 0;
  let high = LATENCY_BOUNDS_MS.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (latencyMs <= (LATENCY_BOUNDS_MS[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
