import type { FinishedRequest } from '../../local/gateway/port.ts';
import type { Clock } from '../../local/kernel/clock.ts';
import type { Random } from '../../local/kernel/random.ts';
import { LogDelay } from '../../local/services/logs/delay.ts';
import { ASSUMPTIONS } from '../../local/world/assumptions.ts';
import type { EpochMs, KeyId, TierName } from '../../shared/platform/units.ts';
import type { AccessRecord, Outcome } from '../../shared/telemetry/access-log.ts';
import { aggregate } from '../../shared/telemetry/aggregate.ts';
import { lookReason } from '../../shared/telemetry/emf.ts';
import { closedWindows } from '../../shared/telemetry/watermark.ts';
import type { Window } from '../../shared/telemetry/window.ts';

const API = { apiId: 'bench', stage: 'stage' };
const BATCH_MS = 1_000;
/** Parts older than this are history. */
const KEEP_MS = 120_000;
/** Events reach their target after so long. */
const EVENT_MS = 200;
const NUDGE_EVERY_MS = 10_000;

export interface TelemetryOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly tierOf: ReadonlyMap<KeyId, TierName>;
  readonly slowMs: number;
  /** Control should look now. */
  readonly onNudge: () => void;
}

/** The fast path without its machinery: batches of finished requests become window parts after the log's delay. */
export class BenchTelemetry {
  private readonly options: TelemetryOptions;
  private readonly delay: LogDelay;
  private batch: { timestamp: EpochMs; message: string }[] = [];
  private records: AccessRecord[] = [];
  private parts: Window[] = [];
  private lastDueMs = 0;
  private nudgedMs = Number.NEGATIVE_INFINITY;

  constructor(options: TelemetryOptions) {
    this.options = options;
    this.delay = new LogDelay(options.random, ASSUMPTIONS.logDelayMs);
    options.clock.every(BATCH_MS, 0, () => this.cut());
  }

  add(requests: readonly FinishedRequest[]): void {
    for (const request of requests) {
      this.batch.push({ timestamp: request.endMs, message: '' });
      this.records.push(recordOf(request));
    }
  }

  /** Windows that are whole by now and start after `afterMs`. */
  windowsAfter(afterMs: EpochMs): Window[] {
    return closedWindows(this.parts, afterMs, this.options.clock.now());
  }

  private cut(): void {
    const { clock } = this.options;
    const { batch, records } = this;
    if (batch.length === 0) return;
    this.batch = [];
    this.records = [];
    const now = clock.now();
    this.lastDueMs = Math.max(this.lastDueMs, now + this.delay.at(now));
    clock.after(this.lastDueMs - now, () => this.deliver(batch, records));
  }

  private deliver(batch: readonly { timestamp: EpochMs; message: string }[], records: readonly AccessRecord[]): void {
    const { clock, tierOf, slowMs, onNudge } = this.options;
    const now = clock.now();
    const directories = new Map([[`${API.apiId}/${API.stage}`, { tierOf, slowMs }]]);
    const windows = aggregate(batch, records, directories, now).apis.flatMap((api) => api.windows);
    this.parts = [...this.parts.filter((part) => part.startMs > now - KEEP_MS), ...windows];
    if (lookReason(API, windows) === undefined || now - this.nudgedMs < NUDGE_EVERY_MS) return;
    this.nudgedMs = now;
    clock.after(EVENT_MS, onNudge);
  }
}

function recordOf(request: FinishedRequest): AccessRecord {
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
