import type { FinishedRequest } from '@tidegate/embedded-aws/gateway';
import type { MethodKey } from '../../shared/limits/method-key.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { AccessRecord, Outcome } from '../../shared/telemetry/access-log.ts';

/** The one API that the loop governs. */
export const API = { apiId: 'bench', stage: 'stage' };

/** A line of the access log as event and parsed record in one object, because there are millions. */
export interface LogLine extends AccessRecord {
  readonly timestamp: EpochMs;
  readonly message: string;
}

/** Converts finished requests into parsed access-log lines. */
export class LogLines {
  /** By path and verb: joining them anew for every line costs more than all the rest of it. */
  private readonly methods = new Map<string, Map<string, MethodKey>>();

  of(request: FinishedRequest): LogLine {
    return {
      timestamp: request.endMs,
      message: '',
      apiId: API.apiId,
      stage: API.stage,
      method: this.methodOf(request.path, request.verb),
      outcome: outcomeOf(request),
      keyId: request.keyId,
      backendLatencyMs: request.integrationLatencyMs,
    };
  }

  private methodOf(path: string, verb: string): MethodKey {
    const byVerb = this.methods.get(path) ?? new Map<string, MethodKey>();
    const known = byVerb.get(verb);
    if (known !== undefined) return known;
    const method = `${path}/${verb}`;
    this.methods.set(path, byVerb.set(verb, method));
    return method;
  }
}

function outcomeOf({ errorType, status, integrationLatencyMs }: FinishedRequest): Outcome {
  if (errorType === 'THROTTLED') return 'throttled';
  if (errorType === 'QUOTA_EXCEEDED') return 'quotaExceeded';
  if (integrationLatencyMs === undefined) return status < 400 ? 'answered' : 'refused';
  return status >= 500 ? 'serverError' : 'answered';
}
