import type { AcceptedWrite, Cloud } from '@tidegate/embedded-aws';
import type { FinishedRequest } from '@tidegate/embedded-aws/gateway';
import type { Deployed } from '../../../rehearsal/deploy/in-process-deploy.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { TierName } from '../../../shared/platform/units.ts';
import { asDeveloper } from './deployed.ts';

type Target = Pick<Deployed, 'cloud' | 'service'>;

/** An API key with its value: what a customer holds. */
export interface Key {
  readonly id: string;
  readonly value: string;
}

/** The key that the template gave a tier. */
export async function keyOf(cloud: Cloud, tier: TierName): Promise<Key> {
  const { items } = await asDeveloper<{ items: (Key & { name: string })[] }>(cloud, 'apigateway', 'GetApiKeys', {
    includeValues: true,
  });
  const key = items.find(({ name }) => name === `tidegate-dev-${tier}-1`);
  if (!key) throw new Error(`Tier ${tier} has no key.`);
  return key;
}

/** One HTTP request to the deployed API. */
export async function request({ cloud, service }: Target, verb: string, path: string, key?: Key): Promise<Response> {
  const url = `${cloud.endpoint}/restapis/${service.apiId}/${service.stageName}/_user_request_${path}`;
  return await fetch(url, { method: verb, headers: key ? { 'x-api-key': key.value } : {} });
}

/** So many simulated requests at one instant, answered 200 in 100 ms where they were admitted. @returns the refused */
export function rush({ cloud, service }: Target, keyId: string, count: number): number {
  const port = cloud.services.apigateway.simulatedStage(service.apiId, service.stageName);
  const startMs = cloud.clock.now();
  const rushed = { keyId, verb: 'GET', path: '/data' };
  const finished = Array.from({ length: count }, (): FinishedRequest => {
    const admission = port.admit(rushed, startMs);
    if (admission !== 'admitted') return { ...rushed, startMs, endMs: startMs, status: 429, errorType: admission };
    return { ...rushed, startMs, endMs: startMs + 100, status: 200, integrationLatencyMs: 100, backendStatus: 200 };
  });
  port.finish(finished.sort((a, b) => a.endMs - b.endMs));
  return finished.filter(({ status }) => status === 429).length;
}

/** The writes of limits that control made. */
export const stageWritesOfControl = ({ cloud }: Target): AcceptedWrite[] =>
  cloud.services.apigateway.acceptedWrites.filter(
    ({ operation, caller }) => operation === 'UpdateStage' && caller === 'tidegate-dev-control',
  );

/** The stage's own limit as it was written last. */
export function stageLimit({ cloud, service }: Target): Limit | undefined {
  return Object.values(cloud.services.apigateway.currentLimits(service.apiId, service.stageName).stage)[0];
}

/** Someone writes the stage's limit by hand. */
export async function writeStage({ cloud, service }: Target, { rateRps, burst }: Limit): Promise<void> {
  await asDeveloper(cloud, 'apigateway', 'UpdateStage', {
    restApiId: service.apiId,
    stageName: service.stageName,
    patchOperations: [
      { op: 'replace', path: '/*/*/throttling/rateLimit', value: String(rateRps) },
      { op: 'replace', path: '/*/*/throttling/burstLimit', value: String(burst) },
    ],
  });
}

/** A policy under which manual edits are written over: for tests that move limits by hand to see control move them back. */
export async function fightEdits({ cloud, service }: Target): Promise<void> {
  const drift = { human: 'reassert', unknown: 'reassert' };
  const policy = { api: `${service.apiId}/${service.stageName}`, mode: 'enforce', drift };
  const Name = `${service.parameterPrefix}/policies/default`;
  const Value = JSON.stringify(policy);
  await asDeveloper(cloud, 'ssm', 'PutParameter', { Name, Value, Type: 'String', Overwrite: true });
}
