import { DEVELOPER } from '@tidegate/embedded-aws/kernel';
import type { KeyId } from '../../shared/platform/units.ts';
import { keyNames, type Scenario } from '../world/scenario.ts';
import { type DeployedService, functionName, type RehearsalCloud } from './deployed-stack.ts';

/** Each key needs two calls; the account allows ten calls and five new keys per second, some of which the service needs. */
const KEYS_PER_SECOND = 4;

/**
 * Creates the scenario's keys through API Gateway's management API, attaches them to their tiers' plans, and refreshes the key
 * directory, so that telemetry knows every key's tier. Advances the clock as the quotas demand.
 * @returns the id of each key by its name
 * @throws RangeError when a group names a tier that is not deployed.
 */
export async function createKeys(
  cloud: RehearsalCloud,
  service: DeployedService,
  scenario: Scenario,
): Promise<ReadonlyMap<string, KeyId>> {
  const keyIds = new Map<string, KeyId>();
  for (const group of scenario.groups) {
    const planId = service.tiers[group.tier]?.planId;
    if (planId === undefined) throw new RangeError(`Group ${group.name}: tier ${group.tier} is not deployed.`);
    for (const name of keyNames(group)) {
      if (keyIds.size % KEYS_PER_SECOND === 0) await cloud.clock.runUntil(cloud.clock.now() + 1000);
      keyIds.set(name, await createKey(cloud, name, planId));
    }
  }
  await cloud.aws.call(DEVELOPER, 'lambda', 'Invoke', {
    FunctionName: functionName('keyDirectory'),
    InvocationType: 'RequestResponse',
    Payload: new TextEncoder().encode('{}'),
  });
  return keyIds;
}

async function createKey(cloud: RehearsalCloud, name: string, usagePlanId: string): Promise<KeyId> {
  const { aws } = cloud;
  const { id } = await aws.call<{ id?: string }>(DEVELOPER, 'apigateway', 'CreateApiKey', { name, enabled: true });
  if (id === undefined) throw new Error(`API Gateway created key ${name} without an id.`);
  await aws.call(DEVELOPER, 'apigateway', 'CreateUsagePlanKey', { usagePlanId, keyId: id, keyType: 'API_KEY' });
  return id;
}

/** Removes the scenario's keys, so that only the service remains after a rehearsal. */
export async function deleteKeys(cloud: RehearsalCloud, keyIds: ReadonlyMap<string, KeyId>): Promise<void> {
  let deleted = 0;
  for (const apiKey of keyIds.values()) {
    if (deleted++ % KEYS_PER_SECOND === 0) await cloud.clock.runUntil(cloud.clock.now() + 1000);
    await cloud.aws.call(DEVELOPER, 'apigateway', 'DeleteApiKey', { apiKey });
  }
}
