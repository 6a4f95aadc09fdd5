import type { FunctionEventInvokeConfig } from '@aws-sdk/client-lambda';
import type { EmbeddedAws } from '../../kernel/aws.ts';
import { type Destinations, type FinishedEvent, sendDeadLetter, sendToDestination } from './destinations.ts';
import type { ExecutionResult, Executor } from './executor.ts';
import { type FunctionRecord, type FunctionVersion, LATEST, parseFunctionName } from './function-record.ts';
import type { FunctionStore } from './function-store.ts';

/** From the accepted call to the first attempt. Assumed: tens of milliseconds on AWS. */
const HANDOFF_MS = 20;
/** After a function error: one minute, then two. */
const RETRY_DELAYS_MS = [60_000, 120_000] as const;
const DEFAULT_RETRIES = 2;
const DEFAULT_EVENT_AGE_SECONDS = 6 * 3600;
/** After a throttle: from one second, doubled each time, to five minutes. */
const THROTTLED_DELAY_MS = { first: 1000, longest: 300_000 } as const;

interface AsyncEvent {
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly payload: string;
  readonly requestId: string;
  readonly acceptedMs: number;
  /** Attempts that ran, in all. */
  invokeCount: number;
  throttleCount: number;
}

/** The queue behind `InvocationType: Event`: retries, age limits and what becomes of events that never succeed. */
export class AsyncInvocations {
  private readonly aws: EmbeddedAws;
  private readonly store: FunctionStore;
  private readonly executor: Executor;
  private readonly destinations: Destinations;

  constructor(aws: EmbeddedAws, store: FunctionStore, executor: Executor, destinations: Destinations) {
    this.aws = aws;
    this.store = store;
    this.executor = executor;
    this.destinations = destinations;
  }

  accept(functionName: string, qualifier: string | undefined, payload: string, requestId: string): void {
    const acceptedMs = this.aws.clock.now();
    const event = { functionName, qualifier, payload, requestId, acceptedMs, invokeCount: 0, throttleCount: 0 };
    this.aws.clock.after(HANDOFF_MS, () => this.attempt(event));
  }

  private async attempt(event: AsyncEvent): Promise<void> {
    const record = this.store.find(event.functionName);
    if (!record) return;
    const version = this.store.version(event.functionName, event.qualifier);
    const config = configOf(record, event);
    const ageMs = this.aws.clock.now() - event.acceptedMs;
    this.executor.record(record.name, 'AsyncEventAge', ageMs, this.aws.clock.now(), 'Milliseconds');
    const longestAgeMs = (config?.MaximumEventAgeInSeconds ?? DEFAULT_EVENT_AGE_SECONDS) * 1000;
    if (ageMs > longestAgeMs) return this.giveUp(event, version, config, 'EventAgeExceeded', undefined);
    const result = await this.run(event, record, version);
    if (!result) {
      const delayMs = THROTTLED_DELAY_MS.first * 2 ** Math.min(event.throttleCount++, 9);
      this.aws.clock.after(Math.min(delayMs, THROTTLED_DELAY_MS.longest), () => this.attempt(event));
      return;
    }
    await this.finish(event, version, config, result);
  }

  /** The result, or `undefined` when the function was throttled. */
  private async run(
    event: AsyncEvent,
    record: FunctionRecord,
    version: FunctionVersion,
  ): Promise<ExecutionResult | undefined> {
    try {
      const { requestId, payload } = event;
      const { reservedConcurrency } = record;
      const request = { version, reservedConcurrency, requestId, event: JSON.parse(payload), isNested: false };
      const result = await this.executor.execute(request);
      event.invokeCount++;
      return result;
    } catch (error) {
      if ((error as Error).name !== 'TooManyRequestsException') throw error;
      return undefined;
    }
  }

  private async finish(
    event: AsyncEvent,
    version: FunctionVersion,
    config: FunctionEventInvokeConfig | undefined,
    result: ExecutionResult,
  ): Promise<void> {
    if (!result.functionError) {
      const target = config?.DestinationConfig?.OnSuccess?.Destination;
      if (target) await sendToDestination(this.destinations, target, version, finished(event, 'Success', result));
      return;
    }
    const retries = config?.MaximumRetryAttempts ?? DEFAULT_RETRIES;
    if (event.invokeCount > retries) return this.giveUp(event, version, config, 'RetriesExhausted', result);
    const delayMs = RETRY_DELAYS_MS[Math.min(event.invokeCount, RETRY_DELAYS_MS.length) - 1] ?? 0;
    this.aws.clock.after(delayMs, () => this.attempt(event));
  }

  private async giveUp(
    event: AsyncEvent,
    version: FunctionVersion,
    config: FunctionEventInvokeConfig | undefined,
    condition: 'RetriesExhausted' | 'EventAgeExceeded',
    result: ExecutionResult | undefined,
  ): Promise<void> {
    this.executor.record(version.functionName, 'AsyncEventsDropped', 1, this.aws.clock.now());
    const outcome = finished(event, condition, result);
    const target = config?.DestinationConfig?.OnFailure?.Destination;
    if (target) await sendToDestination(this.destinations, target, version, outcome);
    const deadLetters = version.settings.DeadLetterConfig?.TargetArn;
    if (deadLetters) await sendDeadLetter(this.destinations, deadLetters, version, outcome);
  }
}

function configOf(record: FunctionRecord, event: AsyncEvent): FunctionEventInvokeConfig | undefined {
  const qualifier = event.qualifier ?? parseFunctionName(event.functionName).qualifier ?? LATEST;
  return record.eventInvokeConfigs.get(qualifier);
}

function finished(
  event: AsyncEvent,
  condition: FinishedEvent['condition'],
  result: ExecutionResult | undefined,
): FinishedEvent {
  const { requestId, invokeCount, payload } = event;
  return { requestId, invokeCount, payload, condition, result };
}
