import { gzipSync } from 'node:zlib';
import { ASSUMPTIONS } from '../../kernel/assumptions.ts';
import { ACCOUNT_ID, type EmbeddedAws, REGION } from '../../kernel/aws.ts';
import { LogDelay } from './delay.ts';
import { eventId, type StoredEvent } from './event.ts';
import { compilePattern, type Matcher } from './filters/filter-pattern.ts';

const CUT_AT_CHARACTERS = 1_000_000;
/** Lambda's limit for an asynchronous event. */
const PAYLOAD_LIMIT_BYTES = 256 * 1024;

export interface SubscriptionSettings {
  readonly filterName: string;
  readonly filterPattern: string;
  readonly destinationArn: string;
  readonly distribution: 'ByLogStream' | 'Random';
}

/** What one log stream has for the subscriber: the batch being filled and the delay it will have. */
interface Pipe {
  readonly delay: LogDelay;
  pending: StoredEvent[];
  characters: number;
  /** When the batch was opened, when its last event came, and the delay that was drawn for it. */
  openedMs: number;
  lastMs: number;
  delayMs: number;
  lastDeliveryMs: number;
}

/** Told after every delivery: how many events went, and whether the function took them. */
export type Delivered = (filterName: string, events: number, succeeded: boolean) => void;

/** A subscription filter of one log group: matching events in batches per stream, in order, late as in reality. */
export class Subscription {
  readonly createdMs: number;
  private readonly aws: EmbeddedAws;
  private readonly logGroup: { readonly name: string; readonly arn: string };
  private readonly delivered: Delivered;
  private readonly pipes = new Map<string, Pipe>();
  private current: SubscriptionSettings;
  private matches: Matcher;
  private isClosed = false;

  constructor(
    aws: EmbeddedAws,
    logGroup: { readonly name: string; readonly arn: string },
    settings: SubscriptionSettings,
    delivered: Delivered,
  ) {
    this.aws = aws;
    this.logGroup = logGroup;
    this.delivered = delivered;
    this.createdMs = aws.clock.now();
    this.current = settings;
    this.matches = compilePattern(settings.filterPattern);
  }

  get settings(): SubscriptionSettings {
    return this.current;
  }

  /** Changes pattern or destination; pending events go to the new destination. */
  update(settings: SubscriptionSettings): void {
    this.matches = compilePattern(settings.filterPattern);
    this.current = settings;
  }

  /** Nothing is delivered from now on. */
  close(): void {
    this.isClosed = true;
    this.pipes.clear();
  }

  forget(stream: string): void {
    if (this.pipes.get(stream)?.pending.length === 0) this.pipes.delete(stream);
  }

  offer(stream: string, events: readonly StoredEvent[]): void {
    const pipe = this.pipe(stream);
    const nowMs = this.aws.clock.now();
    for (const event of events) {
      if (!this.matches(event.message)) continue;
      if (pipe.pending.length === 0) this.open(stream, pipe, nowMs);
      pipe.pending.push(event);
      pipe.lastMs = nowMs;
      pipe.characters += event.message.length;
      if (pipe.characters >= CUT_AT_CHARACTERS) this.cut(stream, pipe);
    }
  }

  private pipe(stream: string): Pipe {
    let pipe = this.pipes.get(stream);
    if (!pipe) {
      const random = this.aws.random(`logs.delay/${this.logGroup.name}/${stream}`);
      const delay = new LogDelay(random, ASSUMPTIONS.logDelayMs);
      pipe = { delay, pending: [], characters: 0, openedMs: 0, lastMs: 0, delayMs: 0, lastDeliveryMs: 0 };
      this.pipes.set(stream, pipe);
    }
    return pipe;
  }

  private open(stream: string, pipe: Pipe, nowMs: number): void {
    pipe.openedMs = nowMs;
    pipe.delayMs = pipe.delay.at(nowMs);
    const batch = pipe.pending;
    this.aws.clock.after(Math.min(ASSUMPTIONS.logBatchSpanMs, pipe.delayMs), () => {
      // A batch that grew too large was cut before its time was over.
      if (pipe.pending === batch) this.cut(stream, pipe);
    });
  }

  private cut(stream: string, pipe: Pipe): void {
    const batch = pipe.pending;
    pipe.pending = [];
    pipe.characters = 0;
    const nowMs = this.aws.clock.now();
    // The delay is that of the batch's middle: half of its events wait longer, half of them less.
    const dueMs = Math.ceil((pipe.openedMs + pipe.lastMs) / 2 + pipe.delayMs);
    pipe.lastDeliveryMs = Math.max(nowMs, dueMs, pipe.lastDeliveryMs);
    this.aws.clock.after(pipe.lastDeliveryMs - nowMs, () => this.deliver(stream, batch));
  }

  private async deliver(stream: string, batch: readonly StoredEvent[]): Promise<void> {
    if (this.isClosed) return;
    const payload = this.payload(stream, batch);
    if (payload.length > PAYLOAD_LIMIT_BYTES && batch.length > 1) {
      const middle = batch.length >> 1;
      await this.deliver(stream, batch.slice(0, middle));
      await this.deliver(stream, batch.slice(middle));
      return;
    }
    const { filterName, destinationArn } = this.current;
    try {
      await this.aws.call(deliverer(this.logGroup.arn), 'lambda', 'Invoke', {
        FunctionName: destinationArn,
        InvocationType: 'Event',
        Payload: payload,
      });
      this.delivered(filterName, batch.length, true);
    } catch {
      this.delivered(filterName, batch.length, false);
    }
  }

  private payload(stream: string, batch: readonly StoredEvent[]): Buffer {
    const message = {
      messageType: 'DATA_MESSAGE',
      owner: ACCOUNT_ID,
      logGroup: this.logGroup.name,
      logStream: stream,
      subscriptionFilters: [this.current.filterName],
    };
    // Event by event: one object for each of a hundred thousand lines a second would be garbage at once.
    const events = batch.map(
      (event) => `{"id":"${eventId(event)}","timestamp":${event.timestamp},"message":${JSON.stringify(event.message)}}`,
    );
    const text = `${JSON.stringify(message).slice(0, -1)},"logEvents":[${events.join(',')}]}`;
    return Buffer.from(`{"awslogs":{"data":"${gzipSync(text, { level: 1 }).toString('base64')}"}}`);
  }
}

/** CloudWatch Logs as a caller of Lambda, acting for a log group. */
export const deliverer = (logGroupArn: string) =>
  ({ kind: 'service', principal: `logs.${REGION}.amazonaws.com`, sourceArn: `${logGroupArn}:*` }) as const;
