import { gunzipSync } from 'node:zlib';
import type { Caller, EmbeddedAws } from '../../../kernel/aws.ts';
import { AwsError } from '../../../kernel/aws-error.ts';

export interface Invocation {
  readonly atMs: number;
  readonly caller: Caller;
  readonly functionName: string;
  readonly type: string;
  readonly payload: string;
}

export interface LogBatch {
  readonly messageType: string;
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[];
}

interface InvokeInput {
  readonly FunctionName: string;
  readonly InvocationType: string;
  readonly Payload?: Uint8Array;
}

/** A Lambda that only remembers how it was invoked; while `refuse` is set it denies everything. */
export function fakeLambda(aws: EmbeddedAws) {
  const lambda = { invocations: [] as Invocation[], refuse: false };
  aws.install({
    name: 'lambda',
    operations: {
      Invoke: (input: InvokeInput, call) => {
        if (lambda.refuse)
          throw new AwsError('AccessDeniedException', 'User is not authorized to perform: lambda:InvokeFunction');
        const payload = Buffer.from(input.Payload ?? []).toString();
        const { FunctionName: functionName, InvocationType: type } = input;
        if (type !== 'DryRun') {
          lambda.invocations.push({ atMs: aws.clock.now(), caller: call.caller, functionName, type, payload });
        }
        return { StatusCode: 202 };
      },
    },
  });
  return lambda;
}

export function logBatch(invocation: Invocation): LogBatch {
  const { awslogs } = JSON.parse(invocation.payload) as { awslogs: { data: string } };
  return JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString()) as LogBatch;
}
