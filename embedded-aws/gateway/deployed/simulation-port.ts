import type { EpochMs, KeyId } from '../../kernel/quantities.ts';

/** One simulated request at the gateway's door. `verb` and `path` name a deployed method: `POST`, `/orders`. */
export interface GatewayRequest {
  readonly keyId: KeyId;
  readonly verb: string;
  readonly path: string;
}

/** `admitted`, or the gateway response type that the caller gets instead. */
export type Admission = 'admitted' | 'THROTTLED' | 'QUOTA_EXCEEDED' | 'INVALID_API_KEY';

/** A request whose answer has been sent: what the access log and AWS's own metrics will say of it. */
export interface FinishedRequest extends GatewayRequest {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly status: number;
  /** Set when the gateway itself answered: `THROTTLED`, `INTEGRATION_TIMEOUT` … */
  readonly errorType?: string;
  /** Set when the request reached the backend. */
  readonly integrationLatencyMs?: number;
  readonly backendStatus?: number;
}

/** The data plane of one deployed stage as simulated traffic meets it: the same buckets that HTTP requests drain. */
export interface GatewayPort {
  /** Decides one request; calls must come in the order of `atMs`. */
  admit(request: GatewayRequest, atMs: EpochMs): Admission;
  /** Logs and counts finished requests, in the order of `endMs`. */
  finish(requests: readonly FinishedRequest[]): void;
}
