import type { FinishedRequest } from '@tidegate/embedded-aws/gateway';
import type { Random } from '@tidegate/embedded-aws/kernel';
import type { EpochMs } from '../../shared/platform/units.ts';
import { aggregate } from '../../shared/telemetry/aggregate.ts';
import type { Window } from '../../shared/telemetry/window.ts';
import { WINDOW_MS, windowStartOf } from '../../shared/telemetry/windows.ts';
import type { BenchTelemetry, TelemetryOptions } from './bench-telemetry.ts';
import { API, type LogLine, LogLines } from './log-lines.ts';
import { extraDelayMs, isLost } from './trouble.ts';

/** Windows of the access log that become readable whole, all at the same age: telemetry delay as a parameter. */
export class WindowTelemetry implements BenchTelemetry {
  private readonly options: TelemetryOptions;
  private readonly random: Random;
  private readonly lines = new LogLines();
  private readonly open = new Map<EpochMs, LogLine[]>();
  private readable: Window[] = [];

  /** `ageSeconds` (> 0): from a window's end until it can be read. */
  constructor(ageSeconds: number, options: TelemetryOptions) {
    this.options = options;
    this.random = options.random('bench/lost-windows');
    const { clock, startMs, trouble, delays } = options;
    clock.every(WINDOW_MS, 0, () => {
      const endMs = clock.now();
      const delayMs = Math.round(ageSeconds * delays.windowAgeFactor * 1000) + extraDelayMs(trouble, endMs, startMs);
      clock.after(delayMs, () => this.deliver(endMs - WINDOW_MS));
    });
  }

  add(requests: readonly FinishedRequest[]): void {
    for (const request of requests) {
      this.batchOf(windowStartOf(request.endMs)).push(this.lines.of(request));
    }
  }

  windowsAfter(afterMs: EpochMs): Window[] {
    this.readable = this.readable.filter((window) => window.startMs > afterMs);
    return this.readable.toSorted((a, b) => a.startMs - b.startMs);
  }

  private batchOf(windowStartMs: EpochMs): LogLine[] {
    const known = this.open.get(windowStartMs);
    if (known) return known;
    const batch: LogLine[] = [];
    this.open.set(windowStartMs, batch);
    return batch;
  }

  private deliver(windowStartMs: EpochMs): void {
    const { clock, tierOf, slowMs, trouble, startMs, onNudge } = this.options;
    const batch = this.open.get(windowStartMs);
    this.open.delete(windowStartMs);
    if (batch === undefined || isLost(trouble, windowStartMs, startMs, this.random)) return;
    const directories = new Map([[`${API.apiId}/${API.stage}`, { tierOf, slowMs }]]);
    const { apis } = aggregate(batch, batch, directories, clock.now());
    this.readable.push(...apis.flatMap((api) => api.windows));
    onNudge();
  }
}
