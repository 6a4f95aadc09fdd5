import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { shortSurge } from '../../rehearsal/world/scenarios/seed-surge.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import { isSameLimit } from '../../shared/limits/limit.ts';
import type { Desired } from '../../shared/state/desired.ts';
import { asDeveloper, deployed } from '../support/e2e/deployed.ts';
import { deployAnew } from '../support/e2e/redeploy.ts';
import { rehearse, SCALE } from '../support/e2e/rehearsal.ts';

/** As `deployService` passes them for a cloud in small. */
const PARAMS = ['--stage', 'dev', '--param', `limitScale=${SCALE}`, '--param', 'quotas=false'];
const POLICY = { mode: 'enforce', methodCost: { '/orders/POST': 4 } };
const REDEPLOY_SECOND = 150;
const TICK_SECONDS = 60;

let target: Deployed;
beforeAll(async () => {
  target = await deployed({ limitScale: SCALE });
}, 60_000);
afterAll(() => target.cloud.close());

/** The stage's limits that control wants. */
async function desiredStage(): Promise<Readonly<Record<string, Limit>>> {
  const { cloud, service } = target;
  const { Item } = await asDeveloper<{ Item: { desired: { S: string } } }>(cloud, 'dynamodb', 'GetItem', {
    TableName: service.stateTable,
    Key: { pk: { S: 'DESIRED' }, sk: { S: `${service.apiId}/${service.stageName}` } },
    ConsistentRead: true,
  });
  return (JSON.parse(Item.desired.S) as Desired).stage;
}

const liveStage = (): Readonly<Record<string, Limit>> =>
  target.cloud.services.apigateway.currentLimits(target.service.apiId, target.service.stageName).stage;

/** Whether every limit that control wants is what the stage was last told. */
async function isAsDesired(): Promise<boolean> {
  const live = liveStage();
  return Object.entries(await desiredStage()).every(([method, limit]) => {
    const current = live[method];
    return current !== undefined && isSameLimit(current, limit);
  });
}

const writesOf = (caller: string) =>
  target.cloud.services.apigateway.acceptedWrites.filter((write) => write.caller === caller);

test('a deploy in the middle of a surge neither fails nor lasts: one tick later all is as control wants it', async () => {
  const { cloud, service } = target;
  const { clock } = cloud;
  let deployedMs = 0;
  let asDesiredMs: number | undefined;
  await rehearse(target, {
    scenario: shortSurge(60, REDEPLOY_SECOND + 2 * TICK_SECONDS),
    policy: POLICY,
    onSecond: async ({ snapshot }) => {
      if (snapshot.second === REDEPLOY_SECOND) {
        expect(await isAsDesired()).toBe(true);
        // The framework is a process of its own and knows the wall's time only; traffic and control go on meanwhile.
        clock.goLive();
        await deployAnew(cloud, PARAMS);
        await clock.goVirtual(0);
        deployedMs = clock.now();
      }
      if (deployedMs > 0 && asDesiredMs === undefined && (await isAsDesired())) asDesiredMs = clock.now();
    },
  });
  // The deploy did take the brake off, and touched no plan.
  const resets = writesOf('cloudformation.amazonaws.com');
  expect(resets.map(({ operation }) => operation)).toEqual(['UpdateStage', 'UpdateStage']);
  const rate = resets[1]?.patchOperations.find(({ path }) => path?.endsWith('/throttling/rateLimit'));
  expect(rate?.value).toBe(String(service.stageLimit.rateRps));
  const resetMs = resets[1]?.atMs ?? 0;
  const mended = writesOf('tidegate-dev-control').find(({ atMs }) => atMs >= resetMs);
  expect((mended?.atMs ?? Number.POSITIVE_INFINITY) - resetMs).toBeLessThanOrEqual(TICK_SECONDS * 1000);
  expect((asDesiredMs ?? Number.POSITIVE_INFINITY) - deployedMs).toBeLessThanOrEqual(TICK_SECONDS * 1000);
  expect(target.failures).toEqual([]);
}, 60_000);
