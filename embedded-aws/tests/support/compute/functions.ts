import { HANDLER, packageOf } from './bundle.ts';
import { type ComputeCloud, ROLE_ARN } from './compute-cloud.ts';

/** Deploys a function from TypeScript source. */
export async function deploy(cloud: ComputeCloud, name: string, source: string, settings: object = {}): Promise<void> {
  await cloud.call('lambda', 'CreateFunction', {
    FunctionName: name,
    Role: ROLE_ARN,
    Runtime: 'nodejs24.x',
    Handler: HANDLER,
    Code: { ZipFile: packageOf(source) },
    ...settings,
  });
}

export interface Answer {
  readonly payload: unknown;
  readonly functionError: string | undefined;
  readonly log: string;
}

interface InvokeOutput {
  readonly Payload: Uint8Array;
  readonly FunctionError?: string;
  readonly LogResult?: string;
}

/** Invokes a function and waits for its answer. */
export async function invoke(cloud: ComputeCloud, name: string, event: unknown = {}): Promise<Answer> {
  const Payload = Buffer.from(JSON.stringify(event));
  const input = { FunctionName: name, Payload, LogType: 'Tail' };
  const output = await cloud.call<InvokeOutput>('lambda', 'Invoke', input);
  return {
    payload: JSON.parse(Buffer.from(output.Payload).toString()),
    functionError: output.FunctionError,
    log: Buffer.from(output.LogResult ?? '', 'base64').toString(),
  };
}
