import { expectIdleEmbeddedAws, hasStack, watchEndpoint } from './handshake-client.ts';
import { packagedService } from './package-cache.ts';
import { type ServerlessOptions, serverless } from './serverless.ts';

export interface DeployOptions extends ServerlessOptions {
  /** The service's stage. Default `dev`. */
  readonly stage?: string;
  /** Multiplies every deployed limit, for a scaled rehearsal. Default 1. */
  readonly limitScale?: number;
  /** Deploys the monthly quotas too. Default: only on stage `prod`. */
  readonly quotas?: boolean;
}

const DEFAULT_STAGE = 'dev';

/** Runs a real `serverless deploy` of the packaged service against the endpoint; packages first when anything changed. */
export async function deployService(options: DeployOptions): Promise<void> {
  const params = parameters(options);
  const packaged = await packagedService(params, options);
  await serverless(['deploy', '--conceal', '--package', packaged, ...params], options);
}

/**
 * Runs a real `serverless remove`; with four plans and one detachment per 20 s it takes about a minute. Does nothing if
 * nothing is deployed.
 * @throws CommandError before anything is removed, unless the endpoint is the embedded AWS and plays no incident; and as soon
 * as the endpoint is gone.
 */
export async function removeService(options: DeployOptions): Promise<void> {
  const { endpoint, stage = DEFAULT_STAGE, onLine } = options;
  await expectIdleEmbeddedAws(endpoint);
  if (!(await hasStack(endpoint, `tidegate-${stage}`))) {
    return onLine?.(`Nothing is deployed at ${endpoint} on stage ${stage}: nothing to remove.`);
  }
  onLine?.(`Removing the service from ${endpoint}: one plan is detached in 20 s, which takes about a minute.`);
  const { signal, stop } = watchEndpoint(endpoint);
  try {
    await serverless(['remove', ...parameters(options)], { ...options, signal });
  } finally {
    stop();
  }
}

function parameters(options: DeployOptions): string[] {
  const params = ['--stage', options.stage ?? DEFAULT_STAGE];
  if (options.limitScale !== undefined) params.push('--param', `limitScale=${options.limitScale}`);
  if (options.quotas !== undefined) params.push('--param', `quotas=${options.quotas}`);
  return params;
}
