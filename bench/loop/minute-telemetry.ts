import type { FinishedRequest } from '../../local/gateway/port.ts';
import type { Random } from '../../local/kernel/random.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import { minuteWindow } from '../../shared/telemetry/metric-windows.ts';
import type { Window } from '../../shared/telemetry/window.ts';
import type { BenchTelemetry, TelemetryOptions } from './telemetry.ts';
import { extraDelayMs, isLost } from './trouble.ts';

const MINUTE_MS = 60_000;
/** A minute's metrics can be read so long after its end. */
const PUBLICATION_MS = { min: 60_000, max: 180_000 };

interface Minute {
  requests: number;
  throttled: number;
  serverErrors: number;
  readonly latenciesMs: number[];
}

/** What CloudWatch says of a stage, minute by minute, and nothing else. Control looks once a minute by itself. */
export class MinuteTelemetry implements BenchTelemetry {
  private readonly options: TelemetryOptions;
  private readonly lostRandom: Random;
  private readonly open = new Map<EpochMs, Minute>();
  private readable: Window[] = [];
  private lastDueMs: EpochMs = 0;

  constructor(options: TelemetryOptions) {
    this.options = options;
    this.lostRandom = options.random('bench/lost-windows');
    const delayRandom = options.random('bench/metric-delay');
    const { clock, startMs, trouble } = options;
    clock.every(MINUTE_MS, 0, () => {
      const endMs = clock.now();
      const usualMs = PUBLICATION_MS.min + delayRandom() * (PUBLICATION_MS.max - PUBLICATION_MS.min);
      // Minutes are published in order.
      this.lastDueMs = Math.max(this.lastDueMs, endMs + usualMs + extraDelayMs(trouble, endMs, startMs));
      clock.after(this.lastDueMs - endMs, () => this.deliver(endMs - MINUTE_MS));
    });
  }

  add(requests: readonly FinishedRequest[]): void {
    for (const { endMs, status, errorType, integrationLatencyMs } of requests) {
      const minute = this.minuteOf(endMs - (endMs % MINUTE_MS));
      minute.requests++;
      if (errorType === 'THROTTLED') minute.throttled++;
      if (status >= 500) minute.serverErrors++;
      if (integrationLatencyMs !== undefined) minute.latenciesMs.push(integrationLatencyMs);
    }
  }

  windowsAfter(afterMs: EpochMs): Window[] {
    this.readable = this.readable.filter((window) => window.startMs > afterMs);
    return [...this.readable];
  }

  private minuteOf(startMs: EpochMs): Minute {
    const known = this.open.get(startMs);
    if (known) return known;
    const minute = { requests: 0, throttled: 0, serverErrors: 0, latenciesMs: [] };
    this.open.set(startMs, minute);
    return minute;
  }

  private deliver(minuteStartMs: EpochMs): void {
    const minute = this.open.get(minuteStartMs);
    this.open.delete(minuteStartMs);
    if (minute === undefined) return;
    if (isLost(this.options.trouble, minuteStartMs, this.options.startMs, this.lostRandom)) return;
    const { latenciesMs, ...counts } = minute;
    const sorted = Float64Array.from(latenciesMs).sort();
    const average = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
    const latencyP90Ms = sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0;
    this.readable.push(minuteWindow(minuteStartMs, { ...counts, latencyP90Ms, latencyAverageMs: average }));
  }
}
