import type { Caller, EmbeddedAws } from '../../kernel/aws.ts';
import type { LogLine } from '../../runtime/function-instance.ts';

/** How long the lines of a busy function are gathered before they are sent; they are sent at once in virtual time. */
const GATHERING_MS = 100;

/**
 * The log stream of one execution environment. It writes as the function: without the permission, or without the log
 * group and the permission to create it, the lines are lost, silently, as on AWS.
 */
export class FunctionLogs {
  private readonly aws: EmbeddedAws;
  private readonly caller: Caller;
  private readonly logGroupName: string;
  readonly logStreamName: string;
  private pending: LogLine[] = [];
  private isStreamCreated = false;
  private isFlushPlanned = false;

  constructor(aws: EmbeddedAws, caller: Caller, logGroupName: string, logStreamName: string) {
    this.aws = aws;
    this.caller = caller;
    this.logGroupName = logGroupName;
    this.logStreamName = logStreamName;
  }

  add(lines: readonly LogLine[]): void {
    for (const line of lines) this.pending.push(line);
  }

  /** Sends the added events: at once and awaited in virtual time, otherwise soon. */
  async publish(): Promise<void> {
    if (this.aws.clock.isVirtual) return this.flush();
    if (this.isFlushPlanned) return;
    this.isFlushPlanned = true;
    this.aws.clock.after(GATHERING_MS, () => {
      this.isFlushPlanned = false;
      return this.flush();
    });
  }

  private async flush(): Promise<void> {
    const lines = this.pending.sort((a, b) => a.timestamp - b.timestamp);
    this.pending = [];
    if (lines.length === 0) return;
    const { logGroupName, logStreamName } = this;
    try {
      if (!this.isStreamCreated) await this.createStream();
      await this.call('PutLogEvents', { logGroupName, logStreamName, logEvents: lines });
    } catch {
      // The event is lost: a function without permission to log cannot log that either.
    }
  }

  private async createStream(): Promise<void> {
    const { logGroupName, logStreamName } = this;
    try {
      await this.call('CreateLogStream', { logGroupName, logStreamName });
    } catch (error) {
      const { name } = error as Error;
      if (name !== 'ResourceNotFoundException' && name !== 'ResourceAlreadyExistsException') throw error;
      if (name === 'ResourceNotFoundException') {
        await this.call('CreateLogGroup', { logGroupName });
        await this.call('CreateLogStream', { logGroupName, logStreamName });
      }
    }
    this.isStreamCreated = true;
  }

  private call(operation: string, input: unknown): Promise<unknown> {
    return this.aws.call(this.caller, 'logs', operation, input);
  }
}
