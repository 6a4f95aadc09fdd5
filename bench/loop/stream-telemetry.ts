import type { FinishedRequest } from '@tidegate/embedded-aws/gateway';
import { ASSUMPTIONS } from '@tidegate/embedded-aws/kernel';
import { LogDelay } from '@tidegate/embedded-aws/logs';
import type { EpochMs } from '../../shared/platform/units.ts';
import { aggregate } from '../../shared/telemetry/aggregate.ts';
import { lookReason } from '../../shared/telemetry/emf.ts';
import { closedWindows } from '../../shared/telemetry/watermark.ts';
import type { Window } from '../../shared/telemetry/window.ts';
import type { BenchTelemetry, TelemetryOptions } from './bench-telemetry.ts';
import { API, type LogLine, LogLines } from './log-lines.ts';

/** How often the gateway hands its log on, and to how many streams in turn. */
const FLUSH_MS = 100;
const STREAM_COUNT = 3;
/** Retention of parts. */
const KEEP_MS = 240_000;
/** Delivery delay of events. */
const EVENT_MS = 200;
const NUDGE_EVERY_MS = 10_000;

/** One log stream on its way to the subscriber. */
interface Pipe {
  readonly name: string;
  readonly delay: LogDelay;
  pending: LogLine[];
  openedMs: EpochMs;
  lastDueMs: EpochMs;
}

/** A model of the fast path: a few log streams deliver batches in order, with realistic delays, as window parts. */
export class StreamTelemetry implements BenchTelemetry {
  private readonly options: TelemetryOptions;
  private readonly pipes: readonly Pipe[];
  private readonly lines = new LogLines();
  private current: LogLine[] = [];
  private flushes = 0;
  private parts: Window[] = [];
  private nudgedMs = Number.NEGATIVE_INFINITY;

  constructor(options: TelemetryOptions) {
    this.options = options;
    this.pipes = Array.from({ length: STREAM_COUNT }, (_, index) => ({
      name: `bench/${index}`,
      delay: new LogDelay(options.random(`bench/log-delay/${index}`), ASSUMPTIONS.logDelayMs),
      pending: [],
      openedMs: 0,
      lastDueMs: 0,
    }));
    options.clock.every(FLUSH_MS, 0, () => this.flush());
  }

  add(requests: readonly FinishedRequest[]): void {
    for (const request of requests) this.current.push(this.lines.of(request));
  }

  /** Windows that are complete and start after `afterMs`. */
  windowsAfter(afterMs: EpochMs): Window[] {
    return closedWindows(this.parts, afterMs, this.options.clock.now());
  }

  /** The gateway writes to its streams in turn. */
  private flush(): void {
    const { current } = this;
    const pipe = this.pipes[this.flushes++ % STREAM_COUNT];
    if (current.length === 0 || pipe === undefined) return;
    this.current = [];
    if (pipe.pending.length === 0) this.open(pipe);
    for (const line of current) pipe.pending.push(line);
  }

  private open(pipe: Pipe): void {
    const { clock } = this.options;
    pipe.openedMs = clock.now();
    const delayMs = pipe.delay.at(pipe.openedMs);
    clock.after(Math.min(ASSUMPTIONS.logBatchSpanMs, delayMs), () => {
      const batch = pipe.pending;
      pipe.pending = [];
      const now = clock.now();
      // The delay is that of the batch's middle.
      pipe.lastDueMs = Math.max(now, pipe.lastDueMs, Math.ceil((pipe.openedMs + now) / 2 + delayMs));
      clock.after(pipe.lastDueMs - now, () => this.deliver(pipe.name, batch));
    });
  }

  private deliver(stream: string, batch: readonly LogLine[]): void {
    const { clock, tierOf, slowMs, onNudge } = this.options;
    const now = clock.now();
    const directories = new Map([[`${API.apiId}/${API.stage}`, { tierOf, slowMs }]]);
    const windows = aggregate(batch, batch, directories, now, stream).apis.flatMap((api) => api.windows);
    this.parts = [...this.parts.filter((part) => part.startMs > now - KEEP_MS), ...windows];
    if (lookReason(API, windows) === undefined || now - this.nudgedMs < NUDGE_EVERY_MS) return;
    this.nudgedMs = now;
    clock.after(EVENT_MS, onNudge);
  }
}
