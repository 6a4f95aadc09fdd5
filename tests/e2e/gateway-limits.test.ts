import { ASSUMPTIONS } from '@tidegate/embedded-aws/kernel';
import type { Deployed } from '../../rehearsal/deploy/in-process-deploy.ts';
import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import { asDeveloper, live } from '../support/e2e/deployed.ts';
import { type Key, keyOf, request, rush, writeStage } from '../support/e2e/gateway.ts';
import { load } from '../support/e2e/load.ts';

/** What `config/tiers.yml` gives a basic key. */
const BASIC = { rateRps: 100, burst: 200 };
const LOAD_SECONDS = 6;

let target: Deployed;
let key: Key;
beforeAll(async () => {
  target = await deployedInProcess();
  const { cloud, service } = target;
  key = await keyOf(cloud, 'basic');
  // The buckets alone are looked at here: nobody moves them meanwhile.
  const { Rules } = await asDeveloper<{ Rules: { Name: string }[] }>(cloud, 'events', 'ListRules', {});
  for (const { Name } of Rules) await asDeveloper(cloud, 'events', 'DisableRule', { Name });
  await writeStage(target, service.stageLimit);
  await live(cloud, 60);
});
afterAll(() => target.cloud.close());

test('above its limit a key is told to wait, why and for how long', async () => {
  expect(rush(target, key.id, BASIC.burst + 100)).toBeGreaterThan(0);
  // Time stands still, so the bucket stays empty.
  const refused = await request(target, 'GET', '/data', key);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect(refused.headers.get('access-control-allow-origin')).toBe('*');
  expect(await refused.json()).toMatchObject({
    title: 'Too many requests',
    status: 429,
    reason: 'THROTTLED',
    requestId: refused.headers.get('x-amzn-requestid'),
  });
});

/** Where nobody was refused for so long the machine held the load up, and the bucket may have run over. */
const LONGEST_GAP_MS = 1000;

/** At every refusal the bucket is empty: what is admitted from one to the next came in at its rate. */
function rateBetweenRefusals(answers: readonly { readonly status: number; readonly atMs: number }[]): number {
  let [admitted, spanMs, since] = [0, 0, 0];
  let refusedAtMs: number | undefined;
  for (const { status, atMs } of answers) {
    if (status === 200) since++;
    if (status !== 429) continue;
    const gapMs = refusedAtMs === undefined ? Number.POSITIVE_INFINITY : atMs - refusedAtMs;
    if (gapMs <= LONGEST_GAP_MS) {
      admitted += since;
      spanMs += gapMs;
    }
    refusedAtMs = atMs;
    since = 0;
  }
  return (1000 * admitted) / spanMs;
}

test('under a load well above the limit the admitted rate is the rate of the bucket', async () => {
  const { cloud, service } = target;
  // The load knows the wall's time only.
  cloud.clock.goLive();
  const answers = await load({
    url: `${cloud.endpoint}/restapis/${service.apiId}/${service.stageName}/_user_request_/data`,
    headers: { 'x-api-key': key.value },
    seconds: LOAD_SECONDS,
    nowMs: () => cloud.clock.now(),
  });
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
  const offeredRps = answers.length / LOAD_SECONDS;
  expect(offeredRps).toBeGreaterThan(2 * BASIC.rateRps);
  const admittedRps = rateBetweenRefusals(answers);
  const expectedRps = BASIC.rateRps * (1 + ASSUMPTIONS.enforcementSlack);
  expect(Math.abs(admittedRps / expectedRps - 1)).toBeLessThan(0.03);
  expect(Math.abs(admittedRps / BASIC.rateRps - 1)).toBeLessThan(0.03);
}, 20_000);
