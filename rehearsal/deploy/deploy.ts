import { expectEmbeddedAws } from './handshake-client.ts';
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

/** Runs a real `serverless deploy` of the packaged service against the endpoint; packages first when anything changed. */
export async function deployService(options: DeployOptions): Promise<void> {
  const params = parameters(options);
  const packaged = await packagedService(params, options);
  await serverless(['deploy', '--conceal', '--package', packaged, ...params], options);
}

/**
 * Runs a real `serverless remove`; with four plans and one detachment per 20 s it takes about a minute.
 * @throws CommandError before anything is removed, unless the endpoint is the embedded AWS.
 */
export async function removeService(options: DeployOptions): Promise<void> {
  await expectEmbeddedAws(options.endpoint);
  options.onLine?.(
    `Removing the service from ${options.endpoint}: one plan is detached in 20 s, which takes about a minute.`,
  );
  await serverless(['remove', ...parameters(options)], options);
}

function parameters(options: DeployOptions): string[] {
  const params = ['--stage', options.stage ?? 'dev'];
  if (options.limitScale !== undefined) params.push('--param', `limitScale=${options.limitScale}`);
  if (options.quotas !== undefined) params.push('--param', `quotas=${options.quotas}`);
  return params;
}
