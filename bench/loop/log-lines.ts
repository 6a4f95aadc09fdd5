import type { FinishedRequest } from '../../local/gateway/port.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { AccessRecord, Outcome } from '../../shared/telemetry/access-log.ts';

/** The one API that the loop governs. */
export const API = { apiId: 'bench', stage: 'stage' };

/** Lines of the access log, as events and as what a reader makes of them, in the same order. */
export interface Batch {
  readonly events: { timestamp: EpochMs; message: string }[];
  readonly records: AccessRecord[];
}

export const emptyBatch = (): Batch => ({ events: [], records: [] });

/** What the access log would say of a finished request, read back. */
export function recordOf(request: FinishedRequest): AccessRecord {
  return {
    ...API,
    method: `${request.path}/${request.verb}`,
    outcome: outcomeOf(request),
    keyId: request.keyId,
    backendLatencyMs: request.integrationLatencyMs,
  };
}

function outcomeOf({ errorType, status, integrationLatencyMs }: FinishedRequest): Outcome {
  if (errorType === 'THROTTLED') return 'throttled';
  if (errorType === 'QUOTA_EXCEEDED') return 'quotaExceeded';
  if (integrationLatencyMs === undefined) return 'refused';
  return status >= 500 ? 'serverError' : 'answered';
}
