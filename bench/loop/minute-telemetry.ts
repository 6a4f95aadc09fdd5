import type { FinishedRequest } from '@tidegate/embedded-aws/gateway';
import type { Random } from '@tidegate/embedded-aws/kernel';
import type { MethodKey } from '../../shared/limits/method-key.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import { type MethodMinute, type MetricMinute, minuteWindow } from '../../shared/telemetry/metric-windows.ts';
import type { Window } from '../../shared/telemetry/window.ts';
import type { BenchTelemetry, TelemetryOptions } from './bench-telemetry.ts';
import { extraDelayMs, isLost } from './trouble.ts';

const MINUTE_MS = 60_000;

interface Counts {
  requests: number;
  serverErrors: number;
  readonly latenciesMs: number[];
}

/** The stage's minute under the empty name, and that of each method with a cost of its own. */
type Minute = Map<MethodKey, Counts>;
const STAGE = '';

/**
 * What CloudWatch says of a stage and of the methods that control asks for, minute by minute, and nothing else. Control
 * looks once a minute by itself.
 */
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
    const { clock, startMs, trouble, delays } = options;
    const { min, max } = delays.minuteMs;
    clock.every(MINUTE_MS, 0, () => {
      const endMs = clock.now();
      const usualMs = Math.round(min + delayRandom() * (max - min));
      // Minutes are published in order.
      this.lastDueMs = Math.max(this.lastDueMs, endMs + usualMs + extraDelayMs(trouble, endMs, startMs));
      clock.after(this.lastDueMs - endMs, () => this.deliver(endMs - MINUTE_MS));
    });
  }

  add(requests: readonly FinishedRequest[]): void {
    for (const request of requests) {
      const minute = this.minuteOf(request.endMs - (request.endMs % MINUTE_MS));
      count(minute, STAGE, request);
      const method = `${request.path}/${request.verb}`;
      if (this.options.meteredMethods.includes(method)) count(minute, method, request);
    }
  }

  windowsAfter(afterMs: EpochMs): Window[] {
    this.readable = this.readable.filter((window) => window.startMs > afterMs);
    return [...this.readable];
  }

  private minuteOf(startMs: EpochMs): Minute {
    const known = this.open.get(startMs);
    if (known) return known;
    const minute: Minute = new Map();
    this.open.set(startMs, minute);
    return minute;
  }

  private deliver(minuteStartMs: EpochMs): void {
    const minute = this.open.get(minuteStartMs);
    this.open.delete(minuteStartMs);
    if (minute === undefined) return;
    if (isLost(this.options.trouble, minuteStartMs, this.options.startMs, this.lostRandom)) return;
    const stage = minute.get(STAGE);
    if (stage === undefined) return;
    minute.delete(STAGE);
    const methods = [...minute].map(([method, counts]) => [method, countsOf(counts)] as const);
    this.readable.push(minuteWindow(minuteStartMs, metricsOf(stage), Object.fromEntries(methods)));
  }
}

function count(minute: Minute, name: MethodKey, { status, integrationLatencyMs }: FinishedRequest): void {
  const counts = minute.get(name) ?? { requests: 0, serverErrors: 0, latenciesMs: [] };
  minute.set(name, counts);
  counts.requests++;
  if (status >= 500) counts.serverErrors++;
  if (integrationLatencyMs !== undefined) counts.latenciesMs.push(integrationLatencyMs);
}

function countsOf({ requests, serverErrors, latenciesMs }: Counts): MethodMinute {
  return { requests, answered: latenciesMs.length, serverErrors };
}

function metricsOf(counts: Counts): MetricMinute {
  const sorted = Float64Array.from(counts.latenciesMs).sort();
  const latencyAverageMs = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
  const latencyP90Ms = sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0;
  return { ...countsOf(counts), latencyP90Ms, latencyAverageMs };
}
