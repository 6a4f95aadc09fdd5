import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import type { Message } from '@aws-sdk/client-sqs';
import { ACCOUNT_ID, type EmbeddedAws, REGION } from '../../../kernel/aws.ts';
import type { Cancel } from '../../../kernel/simulation-clock.ts';
import { functionCaller } from '../execution-environment.ts';
import type { ExecutionResult } from '../executor.ts';
import type { FunctionVersion } from '../function-record.ts';

export interface PollerPorts {
  readonly endpoint: () => string;
  /** Calls back whenever a message of the queue may have become visible. */
  readonly watchQueue: (queueArn: string, onArrival: () => void) => Cancel;
  readonly versionOf: (functionArn: string) => FunctionVersion;
  /** @throws TooManyRequestsException when the function is throttled. */
  readonly invoke: (functionArn: string, event: unknown) => Promise<ExecutionResult>;
}

/** From the arrival of a message to the poll that finds it: pollers wait on the queue all the time. Assumed. */
const POLL_LATENCY_MS = 20;
/** After a poll that was refused, for lack of permission or capacity. */
const REFUSED_DELAY_MS = 10_000;
const LARGEST_RECEIVE = 10;

/** Polls one queue for one function, one batch at a time: AWS would run several batches side by side. */
export class QueuePoller {
  private readonly aws: EmbeddedAws;
  private readonly ports: PollerPorts;
  private readonly configuration: () => EventSourceMappingConfiguration;
  private unwatch: Cancel | undefined;
  private cancelPoll: Cancel | undefined;
  private isPolling = false;
  /** As `LastProcessingResult` of the mapping. */
  lastResult = 'No records processed';

  constructor(aws: EmbeddedAws, ports: PollerPorts, configuration: () => EventSourceMappingConfiguration) {
    this.aws = aws;
    this.ports = ports;
    this.configuration = configuration;
  }

  start(): void {
    this.unwatch = this.ports.watchQueue(this.configuration().EventSourceArn ?? '', () => this.plan());
    this.plan();
  }

  stop(): void {
    this.unwatch?.();
    this.unwatch = undefined;
    this.cancelPoll?.();
    this.cancelPoll = undefined;
  }

  private plan(delayMs?: number): void {
    if (this.isPolling || this.cancelPoll || !this.unwatch) return;
    const windowMs = (this.configuration().MaximumBatchingWindowInSeconds ?? 0) * 1000;
    this.cancelPoll = this.aws.clock.after(delayMs ?? Math.max(POLL_LATENCY_MS, windowMs), () => this.poll());
  }

  private async poll(): Promise<void> {
    this.cancelPoll = undefined;
    this.isPolling = true;
    let nextMs: number | undefined;
    try {
      while (this.unwatch && (await this.processBatch())) this.lastResult = 'OK';
    } catch (error) {
      const { name, message } = error as Error;
      this.lastResult = name.startsWith('AccessDenied') ? `PROBLEM: ${message}` : `PROBLEM: ${name}`;
      nextMs = REFUSED_DELAY_MS;
    } finally {
      this.isPolling = false;
    }
    if (nextMs !== undefined) this.plan(nextMs);
  }

  /** Whether there was a batch. Messages of a failed batch come back by themselves after their visibility timeout. */
  private async processBatch(): Promise<boolean> {
    const functionArn = this.configuration().FunctionArn ?? '';
    const messages = await this.receive(functionArn);
    if (messages.length === 0) return false;
    const Records = messages.map((message) => this.recordOf(message));
    const result = await this.ports.invoke(functionArn, { Records });
    const failed = failedIds(messages, result, this.configuration().FunctionResponseTypes ?? []);
    const done = messages.filter(({ MessageId = '' }) => !failed.has(MessageId));
    for (let start = 0; start < done.length; start += LARGEST_RECEIVE) {
      const Entries = done
        .slice(start, start + LARGEST_RECEIVE)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await this.call(functionArn, 'DeleteMessageBatch', { Entries });
    }
    return true;
  }

  private async receive(functionArn: string): Promise<Message[]> {
    const wanted = this.configuration().BatchSize ?? LARGEST_RECEIVE;
    const messages: Message[] = [];
    while (messages.length < wanted) {
      const MaxNumberOfMessages = Math.min(LARGEST_RECEIVE, wanted - messages.length);
      const names = { MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] };
      const output = await this.call<{ Messages?: Message[] }>(functionArn, 'ReceiveMessage', {
        MaxNumberOfMessages,
        ...names,
      });
      if (!output.Messages?.length) break;
      messages.push(...output.Messages);
    }
    return messages;
  }

  private call<Output>(functionArn: string, operation: string, input: object): Promise<Output> {
    const name = this.configuration().EventSourceArn?.split(':').at(-1);
    const QueueUrl = `${this.ports.endpoint()}/${ACCOUNT_ID}/${name}`;
    const caller = functionCaller(this.ports.versionOf(functionArn));
    return this.aws.call<Output>(caller, 'sqs', operation, { QueueUrl, ...input });
  }

  private recordOf(message: Message): object {
    const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
      name,
      {
        dataType: value.DataType,
        ...(value.StringValue !== undefined && { stringValue: value.StringValue }),
        ...(value.BinaryValue && { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
      },
    ]);
    return {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(attributes),
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: this.configuration().EventSourceArn,
      awsRegion: REGION,
    };
  }
}

/** Which messages failed: all of them on an error or an answer that cannot be understood. */
function failedIds(
  messages: readonly Message[],
  result: ExecutionResult,
  responseTypes: readonly string[],
): ReadonlySet<string> {
  const all = new Set(messages.map(({ MessageId = '' }) => MessageId));
  if (result.functionError) return all;
  if (!responseTypes.includes('ReportBatchItemFailures')) return new Set();
  const answer = JSON.parse(result.payload) as { batchItemFailures?: { itemIdentifier?: string }[] | null } | null;
  if (answer === null || typeof answer !== 'object' || !answer.batchItemFailures) return new Set();
  const reported = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier ?? '');
  return reported.every((id) => all.has(id)) ? new Set(reported) : all;
}
