import type { InvocationRequest, InvocationResponse } from '@aws-sdk/client-lambda';
import type { Call, EmbeddedAws } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { randomUuid } from '../../runtime/seeded-crypto.ts';
import type { AsyncInvocations } from './async-invocations.ts';
import type { ExecutionResult, Executor } from './executor.ts';
import type { FunctionVersion } from './function-record.ts';
import type { FunctionStore } from './function-store.ts';

const PAYLOAD_LIMIT_BYTES = {
  RequestResponse: 6 * 1024 * 1024 + 100,
  Event: 1024 * 1024,
  DryRun: 6 * 1024 * 1024 + 100,
};
/** How much of the log `LogType: Tail` answers with. */
const TAIL_BYTES = 4096;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The Invoke operation in its three types. */
export class Invoker {
  private readonly aws: EmbeddedAws;
  private readonly store: FunctionStore;
  private readonly executor: Executor;
  private readonly queue: AsyncInvocations;

  constructor(aws: EmbeddedAws, store: FunctionStore, executor: Executor, queue: AsyncInvocations) {
    this.aws = aws;
    this.store = store;
    this.executor = executor;
    this.queue = queue;
  }

  readonly invoke = async (input: InvocationRequest, call: Call): Promise<InvocationResponse> => {
    const version = this.store.version(input.FunctionName, input.Qualifier);
    const type = input.InvocationType ?? 'RequestResponse';
    const payload = payloadText(input.Payload as Uint8Array | undefined, type);
    const event = parse(payload);
    if (type === 'DryRun') return { StatusCode: 204 };
    const requestId = this.newRequestId(version);
    if (type === 'Event') {
      this.queue.accept(input.FunctionName ?? '', input.Qualifier, payload, requestId);
      return { StatusCode: 202 };
    }
    const result = await this.run(version, requestId, event, call.caller.kind === 'function');
    return {
      StatusCode: 200,
      ExecutedVersion: version.version,
      // The shape's own type is a byte array with helper methods, which only the client adds.
      Payload: encoder.encode(result.payload) as InvocationResponse['Payload'],
      ...(result.functionError && { FunctionError: result.functionError }),
      ...(input.LogType === 'Tail' && { LogResult: tailOf(result) }),
    };
  };

  /** Runs a function as Lambda's own pollers do. @throws TooManyRequestsException when it is throttled. */
  execute(functionName: string, event: unknown): Promise<ExecutionResult> {
    const version = this.store.version(functionName);
    return this.run(version, this.newRequestId(version), event, false);
  }

  private newRequestId({ functionName }: FunctionVersion): string {
    return randomUuid(this.aws.random(`lambda/requests/${functionName}`));
  }

  private run(
    version: FunctionVersion,
    requestId: string,
    event: unknown,
    isNested: boolean,
  ): Promise<ExecutionResult> {
    const { reservedConcurrency } = this.store.get(version.functionName);
    return this.executor.execute({ version, reservedConcurrency, requestId, event, isNested });
  }
}

function payloadText(payload: Uint8Array | undefined, type: keyof typeof PAYLOAD_LIMIT_BYTES): string {
  const size = payload?.byteLength ?? 0;
  const limit = PAYLOAD_LIMIT_BYTES[type];
  if (size > limit) {
    const text = `${size} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`;
    throw new AwsError('RequestTooLargeException', text, { status: 413, members: { Type: 'User' } });
  }
  return size === 0 ? '{}' : decoder.decode(payload);
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch (error) {
    const text = `Could not parse request body into json: ${(error as Error).message}`;
    throw new AwsError('InvalidRequestContentException', text, { status: 400, members: { Type: 'User' } });
  }
}

function tailOf(result: ExecutionResult): string {
  const text = result.execution.lines.map(({ message }) => message).join('');
  return Buffer.from(text).subarray(-TAIL_BYTES).toString('base64');
}
