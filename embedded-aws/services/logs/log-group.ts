import { ACCOUNT_ID, REGION } from '../../kernel/aws.ts';
import type { LogLine, StoredEvent } from './event.ts';
import type { MetricFilter } from './filters/metric-filter.ts';
import type { Subscription } from './log-subscription.ts';
import { EventTail } from './tail.ts';

const MOST_STREAMS = 1_000;

/** The ARN of a group without the `:*` that older answers put behind it. */
export const logGroupArn = (name: string): string => `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:${name}`;

export interface LogStream {
  readonly name: string;
  readonly createdMs: number;
  firstEventMs: number | undefined;
  lastEventMs: number | undefined;
  lastIngestionMs: number | undefined;
}

/** One log group: its streams, the tail of its events, and its listeners. */
export class LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  readonly tags = new Map<string, string>();
  readonly streams = new Map<string, LogStream>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly metricFilters = new Map<string, MetricFilter>();
  readonly tail = new EventTail();
  retentionInDays: number | undefined;
  kmsKeyId: string | undefined;
  storedBytes = 0;
  private sequence = 0;

  constructor(name: string, createdMs: number) {
    this.name = name;
    this.arn = logGroupArn(name);
    this.createdMs = createdMs;
  }

  /** The stream of this name, made when it is not there; the oldest idle one makes room. */
  stream(name: string, nowMs: number): LogStream {
    const existing = this.streams.get(name);
    if (existing) return existing;
    if (this.streams.size >= MOST_STREAMS) this.dropOldestStream();
    const stream = {
      name,
      createdMs: nowMs,
      firstEventMs: undefined,
      lastEventMs: undefined,
      lastIngestionMs: undefined,
    };
    this.streams.set(name, stream);
    return stream;
  }

  /** Stores lines in their order and hands them to the subscriptions. */
  append(stream: LogStream, lines: readonly LogLine[], nowMs: number): void {
    const events: StoredEvent[] = [];
    for (const { timestamp, message } of lines) {
      const event = { timestamp, message, stream: stream.name, ingestedMs: nowMs, sequence: this.sequence++ };
      this.tail.push(event);
      this.storedBytes += message.length;
      events.push(event);
      stream.firstEventMs ??= timestamp;
      stream.lastEventMs = timestamp;
    }
    stream.lastIngestionMs = nowMs;
    for (const subscription of this.subscriptions.values()) subscription.offer(stream.name, events);
  }

  deleteStream(name: string): boolean {
    this.tail.dropStream(name);
    for (const subscription of this.subscriptions.values()) subscription.forget(name);
    return this.streams.delete(name);
  }

  close(): void {
    for (const subscription of this.subscriptions.values()) subscription.close();
  }

  private dropOldestStream(): void {
    let oldest: LogStream | undefined;
    for (const stream of this.streams.values()) {
      if (!oldest || (stream.lastIngestionMs ?? 0) < (oldest.lastIngestionMs ?? 0)) oldest = stream;
    }
    if (oldest) this.deleteStream(oldest.name);
  }
}
