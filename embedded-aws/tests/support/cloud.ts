import { type Cloud, createCloud } from '../../cloud.ts';

/** The SDK client options that reach a started cloud as the developer, or as a deployed function. */
export function clientOptions(cloud: Pick<Cloud, 'endpoint'>, functionName?: string) {
  return {
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: functionName ? `FN.${functionName}` : 'developer', secretAccessKey: 'secret' },
  };
}

/** A cloud of its own on any free port; close it when done. Failures of scheduled work are thrown from `failures`. */
export async function startCloud(seed = 1): Promise<{ cloud: Cloud; failures: unknown[] }> {
  const failures: unknown[] = [];
  const cloud = await createCloud({ seed, port: 0, onError: (error) => failures.push(error) });
  return { cloud, failures };
}
