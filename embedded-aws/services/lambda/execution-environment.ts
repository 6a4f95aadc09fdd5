import type { EmbeddedAws } from '../../kernel/aws.ts';
import { REGION } from '../../kernel/aws.ts';
import { TASK_ROOT } from '../../runtime/bundle-files.ts';
import { FunctionInstance, type InvocationOutcome, type LogLine } from '../../runtime/function-instance.ts';
import { type ErrorPayload, type InitError, initError } from '../../runtime/invocation-error.ts';
import type { LocalEndpoint } from '../../runtime/local-http.ts';
import { randomUuid } from '../../runtime/seeded-crypto.ts';
import { FunctionLogs } from './function-logs.ts';
import {
  DEFAULT_MEMORY_MB,
  DEFAULT_TIMEOUT_SECONDS,
  type FunctionVersion,
  functionArn,
  LATEST,
  logGroupOf,
} from './function-record.ts';

/**
 * What an invocation lasts in virtual time, where nothing can be measured: loading once, then a little work, and
 * whatever the function slept.
 */
export const MODELLED_DURATION_MS = { init: 400, work: 60 } as const;

/** How long an environment is kept without work. Lambda promises no time; users have measured five to fifteen minutes. */
const MOST_IDLE_MS = 10 * 60_000;

const LEVEL_OF_ERROR = 'ERROR';

export interface Execution {
  readonly outcome: InvocationOutcome;
  /** Set when the invocation had to load the function first. */
  readonly initMs: number | undefined;
  readonly lines: readonly LogLine[];
}

/** A warm execution environment: the loaded function, its log stream, and the output of the present call. */
export class ExecutionEnvironment {
  readonly version: FunctionVersion;
  readonly isVirtual: boolean;
  private readonly aws: EmbeddedAws;
  private readonly logs: FunctionLogs;
  private readonly loaded: FunctionInstance | InitError;
  private readonly linesByRequest = new Map<string, LogLine[]>();
  private readonly initLines: LogLine[] = [];
  private initMs: number | undefined;
  private usedAtMs: number;
  private readonly context: object;
  /** The environment must not be used again. */
  isSpent = false;

  constructor(aws: EmbeddedAws, version: FunctionVersion, endpoint: string, local?: LocalEndpoint) {
    this.aws = aws;
    this.version = version;
    this.isVirtual = aws.clock.isVirtual;
    const startMs = aws.clock.now();
    this.usedAtMs = startMs;
    const random = aws.random(`lambda/${version.functionName}`);
    const logStreamName = `${isoDay(startMs)}/[${version.version}]${randomUuid(random).replaceAll('-', '')}`;
    const caller = functionCaller(version);
    this.logs = new FunctionLogs(aws, caller, logGroupOf(version), logStreamName);
    this.context = contextOf(version, logStreamName);
    this.loaded = this.load(environmentOf(version, endpoint, logStreamName), random, local);
    this.initMs = this.isVirtual ? MODELLED_DURATION_MS.init : aws.clock.now() - startMs;
  }

  get isBusy(): boolean {
    return this.linesByRequest.size > 0;
  }

  /** In virtual time an invocation that waited ends at once on the clock, but not in its own time: until then it is busy. */
  get isAhead(): boolean {
    return this.isVirtual && this.loaded instanceof FunctionInstance && this.loaded.now() > this.aws.clock.now();
  }

  get hasIdledOut(): boolean {
    return !this.isBusy && !this.isAhead && this.aws.clock.now() - this.usedAtMs > MOST_IDLE_MS;
  }

  /** Runs the function once and writes its log. */
  async execute(requestId: string, event: unknown): Promise<Execution> {
    const initMs = this.initMs;
    this.initMs = undefined;
    const lines: LogLine[] = this.initLines.splice(0);
    this.linesByRequest.set(requestId, lines);
    const now = () => (this.loaded instanceof FunctionInstance ? this.loaded.now() : this.aws.clock.now());
    const write = (message: string) => lines.push({ timestamp: now(), message });
    write(`START RequestId: ${requestId} Version: ${this.version.version}\n`);
    const outcome = await this.run(requestId, event);
    if (outcome.kind !== 'answered') write(problemLine(outcome, requestId, new Date(now()).toISOString()));
    write(`END RequestId: ${requestId}\n`);
    write(this.report(requestId, outcome, initMs));
    this.linesByRequest.delete(requestId);
    this.usedAtMs = now();
    this.logs.add(lines);
    await this.logs.publish();
    this.isSpent ||= outcome.kind === 'timedOut' || (outcome.kind === 'failed' && outcome.isFatal);
    return { outcome, initMs, lines };
  }

  kill(): void {
    this.isSpent = true;
    if (this.loaded instanceof FunctionInstance) this.loaded.kill();
  }

  private load(
    environment: Record<string, string>,
    random: () => number,
    endpoint: LocalEndpoint | undefined,
  ): FunctionInstance | InitError {
    const { bundle, settings } = this.version;
    try {
      return new FunctionInstance({
        bundle,
        handler: settings.Handler ?? '',
        runtime: settings.Runtime ?? '',
        environment,
        clock: this.aws.clock,
        random,
        endpoint,
        log: (line, requestId) => this.keepLine(line, requestId),
      });
    } catch (error) {
      return (error as Error).name === 'InitError' ? (error as InitError) : initError(error);
    }
  }

  private keepLine(line: LogLine, requestId: string | undefined): void {
    const lines = this.linesByRequest.get(requestId ?? '') ?? this.initLines;
    lines.push({ timestamp: line.timestamp, message: `${line.message}\n` });
  }

  private async run(requestId: string, event: unknown): Promise<InvocationOutcome> {
    if (!(this.loaded instanceof FunctionInstance)) {
      return { kind: 'failed', error: this.loaded.payload, isFatal: true, durationMs: 0 };
    }
    const timeoutMs = (this.version.settings.Timeout ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
    return this.loaded.invoke({
      requestId,
      event,
      context: this.context,
      timeoutMs,
      modelledMs: MODELLED_DURATION_MS.work,
    });
  }

  /** Functions share this process, so what one of them uses is unknown: the line says 0 MB. */
  private report(requestId: string, outcome: InvocationOutcome, initMs: number | undefined): string {
    const { durationMs } = outcome;
    const memoryMb = this.version.settings.MemorySize ?? DEFAULT_MEMORY_MB;
    const fields = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(durationMs + (initMs ?? 0))} ms`,
      `Memory Size: ${memoryMb} MB`,
      'Max Memory Used: 0 MB',
      ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
      ...(outcome.kind === 'timedOut' ? ['Status: timeout'] : []),
    ];
    return `${fields.join('\t')}\n`;
  }
}

export function functionCaller(version: FunctionVersion) {
  return { kind: 'function', functionName: version.functionName, roleArn: version.settings.Role ?? '' } as const;
}

/** What the caller of a failed invocation gets. */
export function failurePayload(
  outcome: Exclude<InvocationOutcome, { kind: 'answered' }>,
  requestId: string,
): ErrorPayload {
  if (outcome.kind === 'failed') return outcome.error;
  return { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${requestId} Error: ${timeoutText(outcome)}` };
}

function timeoutText(outcome: InvocationOutcome): string {
  return `Task timed out after ${(outcome.durationMs / 1000).toFixed(2)} seconds`;
}

function problemLine(outcome: InvocationOutcome, requestId: string, time: string): string {
  if (outcome.kind !== 'failed') return `${time} ${requestId} ${timeoutText(outcome)}\n`;
  const { errorType, errorMessage, trace } = outcome.error;
  const title = outcome.isFatal ? 'Uncaught Exception' : 'Invoke Error';
  return `${time}\t${requestId}\t${LEVEL_OF_ERROR}\t${title} \t${JSON.stringify({ errorType, errorMessage, stack: trace })}\n`;
}

function isoDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '/');
}

function contextOf(version: FunctionVersion, logStreamName: string): object {
  const { functionName } = version;
  return {
    functionName,
    functionVersion: version.version,
    invokedFunctionArn: functionArn(functionName, version.version === LATEST ? undefined : version.version),
    memoryLimitInMB: String(version.settings.MemorySize ?? DEFAULT_MEMORY_MB),
    logGroupName: logGroupOf(version),
    logStreamName,
  };
}

/** Everything that Lambda and the configuration put into `process.env`. */
export function environmentOf(
  version: FunctionVersion,
  endpoint: string,
  logStreamName: string,
): Record<string, string> {
  const { functionName, settings } = version;
  return {
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    LAMBDA_TASK_ROOT: TASK_ROOT,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    _HANDLER: settings.Handler ?? '',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: `FN.${functionName}`,
    AWS_SECRET_ACCESS_KEY: 'embedded',
    AWS_ENDPOINT_URL: endpoint,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.Runtime ?? ''}`,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.MemorySize ?? DEFAULT_MEMORY_MB),
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(version),
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    ...settings.Environment?.Variables,
  };
}
