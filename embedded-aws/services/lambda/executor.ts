import type { EmbeddedAws } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import type { LocalEndpoint } from '../../runtime/local-http.ts';
import type { RecordMetric } from '../vended-metric.ts';
import { type Execution, ExecutionEnvironment, failurePayload } from './execution-environment.ts';
import type { FunctionVersion } from './function-record.ts';

export interface LambdaPorts {
  /** Takes the metrics of namespace AWS/Lambda. */
  readonly record: RecordMetric;
  /** The cloud's HTTP endpoint: `AWS_ENDPOINT_URL` of every function. */
  readonly endpoint: () => string;
  /** The same endpoint without a socket. */
  readonly localEndpoint?: (() => LocalEndpoint) | undefined;
}

export interface ExecutionRequest {
  readonly version: FunctionVersion;
  readonly reservedConcurrency: number | undefined;
  readonly requestId: string;
  /** The event, freshly parsed: the function may change it. */
  readonly event: unknown;
  /** A function waits for this invocation: it runs inside that one's turn. */
  readonly isNested: boolean;
}

export interface ExecutionResult {
  readonly payload: string;
  readonly functionError: 'Unhandled' | undefined;
  readonly execution: Execution;
}

/** Concurrent executions of all functions of an account in a Region. */
const ACCOUNT_CONCURRENCY = 1000;

/**
 * Runs functions in warm environments. Hands-on each function has one, which several invocations may share at the same
 * time, as Lambda never does. In virtual time invocations run strictly one after another; one whose environment is still
 * living through an earlier invocation's time gets another environment, as on Lambda.
 */
export class Executor {
  private readonly aws: EmbeddedAws;
  private readonly ports: LambdaPorts;
  private readonly environments = new Map<string, ExecutionEnvironment[]>();
  private readonly running = new Map<string, number>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(aws: EmbeddedAws, ports: LambdaPorts) {
    this.aws = aws;
    this.ports = ports;
  }

  /** @throws TooManyRequestsException when the function may not run once more at the same time. */
  async execute(request: ExecutionRequest): Promise<ExecutionResult> {
    const { functionName } = request.version;
    const concurrent = (this.running.get(functionName) ?? 0) + 1;
    this.admit(request, concurrent);
    this.running.set(functionName, concurrent);
    try {
      if (!this.aws.clock.isVirtual || request.isNested) return await this.run(request, concurrent);
      const result = this.turn.then(() => this.run(request, concurrent));
      this.turn = result.catch(() => undefined);
      return await result;
    } finally {
      this.running.set(functionName, (this.running.get(functionName) ?? 1) - 1);
    }
  }

  /** Ends the environments of a function, or of all. */
  stop(functionName?: string): void {
    for (const [key, environments] of this.environments) {
      if (functionName !== undefined && environments[0]?.version.functionName !== functionName) continue;
      for (const environment of environments) environment.kill();
      this.environments.delete(key);
    }
  }

  private admit(request: ExecutionRequest, concurrent: number): void {
    const { reservedConcurrency, version } = request;
    const isReserved = reservedConcurrency !== undefined;
    const total = isReserved ? concurrent : this.totalRunning() + 1;
    if (total <= (reservedConcurrency ?? ACCOUNT_CONCURRENCY)) return;
    this.record(version.functionName, 'Throttles', 1, this.aws.clock.now());
    const Reason = isReserved
      ? 'ReservedFunctionConcurrentInvocationLimitExceeded'
      : 'ConcurrentInvocationLimitExceeded';
    throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
      status: 429,
      members: { Reason, Type: 'User' },
    });
  }

  private totalRunning(): number {
    let total = 0;
    for (const count of this.running.values()) total += count;
    return total;
  }

  private async run(request: ExecutionRequest, concurrent: number): Promise<ExecutionResult> {
    const { version, requestId } = request;
    const startMs = this.aws.clock.now();
    const environment = this.environmentFor(version);
    const execution = await environment.execute(requestId, request.event);
    const { outcome } = execution;
    const isError = outcome.kind !== 'answered';
    this.record(version.functionName, 'Invocations', 1, startMs);
    this.record(version.functionName, 'Errors', isError ? 1 : 0, startMs);
    this.record(version.functionName, 'Duration', outcome.durationMs, startMs, 'Milliseconds');
    this.record(version.functionName, 'ConcurrentExecutions', concurrent, startMs);
    if (environment.isSpent) environment.kill();
    if (!isError) return { payload: outcome.payload, functionError: undefined, execution };
    return { payload: JSON.stringify(failurePayload(outcome, requestId)), functionError: 'Unhandled', execution };
  }

  private environmentFor(version: FunctionVersion): ExecutionEnvironment {
    const key = `${version.functionName}:${version.version}`;
    const { isVirtual } = this.aws.clock;
    const usable = (this.environments.get(key) ?? []).filter((warm) => {
      const isWarm = !warm.isSpent && !warm.hasIdledOut;
      if (warm.version === version && isWarm && warm.isVirtual === isVirtual) return true;
      // Invocations still running in the old environment may finish; it takes no new ones.
      if (!warm.isBusy) warm.kill();
      return false;
    });
    this.environments.set(key, usable);
    const free = usable.find((warm) => !warm.isAhead);
    if (free) return free;
    const cold = new ExecutionEnvironment(this.aws, version, this.ports.endpoint(), this.ports.localEndpoint?.());
    usable.push(cold);
    return cold;
  }

  /** Publishes a datum of a function's metric. */
  record(FunctionName: string, metricName: string, value: number, timestampMs: number, unit = 'Count'): void {
    const dimensions = { FunctionName };
    this.ports.record({ namespace: 'AWS/Lambda', metricName, dimensions, unit, timestampMs, value });
  }
}
