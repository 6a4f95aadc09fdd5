import { addPlan, deployApi, type Gateway, patchStage, replace, startGateway } from '../apigateway/deployed-api.ts';

const DATA = { verb: 'GET', path: '/data' };
const ORDERS = { verb: 'POST', path: '/orders' };
const DAY_MS = 86_400_000;
const LONGEST_PROPAGATION_MS = 30_000;

async function start(options: Parameters<typeof startGateway>[0] = {}) {
  const gateway = await startGateway({ enforcementSlack: 0, ...options });
  const restApiId = await deployApi(gateway);
  return { gateway, restApiId, stage: gateway.service.simulatedStage(restApiId, 'dev') };
}

type Door = Awaited<ReturnType<typeof start>>['stage'];

/** How many of `count` requests at one instant pass. */
function admitted(gateway: Gateway, stage: Door, keyId: string, target: typeof DATA, count: number): number {
  const nowMs = gateway.clock.now();
  let passed = 0;
  for (let ask = 0; ask < count; ask++) if (stage.admit({ keyId, ...target }, nowMs) === 'admitted') passed++;
  return passed;
}

describe('the levels of throttling', () => {
  test('a plan limits each key by itself, over all methods', async () => {
    const { gateway, restApiId, stage } = await start();
    const throttle = { rateLimit: 1, burstLimit: 10 };
    const basic = await addPlan(gateway, restApiId, { throttle });
    const other = await gateway.call<{ id: string }>('CreateApiKey', { name: 'basic-2', enabled: true });
    await gateway.call('CreateUsagePlanKey', { usagePlanId: basic.usagePlanId, keyId: other.id, keyType: 'API_KEY' });
    expect(admitted(gateway, stage, basic.keyId, DATA, 6)).toBe(6);
    expect(admitted(gateway, stage, basic.keyId, ORDERS, 6)).toBe(4);
    expect(admitted(gateway, stage, other.id, DATA, 20)).toBe(10);
  });

  test('a key shares its bucket between the stages of its plan', async () => {
    const { gateway, restApiId, stage } = await start();
    await gateway.call('CreateDeployment', { restApiId, stageName: 'two' });
    const { usagePlanId, keyId } = await addPlan(gateway, restApiId, { throttle: { rateLimit: 1, burstLimit: 10 } });
    const patchOperations = [{ op: 'add', path: '/apiStages', value: `${restApiId}:two` }];
    await gateway.call('UpdateUsagePlan', { usagePlanId, patchOperations });
    expect(admitted(gateway, stage, keyId, DATA, 7)).toBe(7);
    expect(admitted(gateway, gateway.service.simulatedStage(restApiId, 'two'), keyId, DATA, 7)).toBe(3);
  });

  test("a plan's limit of a method comes before the plan's own", async () => {
    const { gateway, restApiId, stage } = await start();
    const { usagePlanId, keyId } = await addPlan(gateway, restApiId, { throttle: { rateLimit: 1, burstLimit: 10 } });
    const map = '{"/orders/POST":{"rateLimit":1,"burstLimit":2}}';
    const patchOperations = [replace(`/apiStages/${restApiId}:dev/throttle`, map)];
    await gateway.call('UpdateUsagePlan', { usagePlanId, patchOperations });
    await gateway.wait(LONGEST_PROPAGATION_MS);
    expect(admitted(gateway, stage, keyId, ORDERS, 20)).toBe(2);
    expect(admitted(gateway, stage, keyId, DATA, 20)).toBe(8);
  });

  test('a stage default gives every method a bucket of its own; an override detaches', async () => {
    const { gateway, restApiId, stage } = await start();
    const { keyId } = await addPlan(gateway, restApiId);
    await patchStage(gateway, restApiId, [
      replace('/*/*/throttling/rateLimit', '1'),
      replace('/*/*/throttling/burstLimit', '5'),
    ]);
    await gateway.wait(LONGEST_PROPAGATION_MS);
    expect(admitted(gateway, stage, keyId, DATA, 20)).toBe(5);
    expect(admitted(gateway, stage, keyId, ORDERS, 20)).toBe(5);
    await patchStage(gateway, restApiId, [replace('/~1orders/POST/throttling/burstLimit', '9')]);
    await patchStage(gateway, restApiId, [replace('/*/*/throttling/burstLimit', '3')]);
    await gateway.wait(LONGEST_PROPAGATION_MS);
    expect(admitted(gateway, stage, keyId, DATA, 20)).toBe(3);
    expect(admitted(gateway, stage, keyId, ORDERS, 20)).toBe(9);
    await patchStage(gateway, restApiId, [replace('/*/*/throttling/rateLimit', '-1')]);
    await gateway.wait(LONGEST_PROPAGATION_MS);
    expect(admitted(gateway, stage, keyId, DATA, 100)).toBe(100);
  });

  test('the account limits all that is left', async () => {
    const { gateway, restApiId, stage } = await start({ accountLimit: { rateRps: 1, burst: 12 } });
    const { keyId } = await addPlan(gateway, restApiId);
    expect(admitted(gateway, stage, keyId, DATA, 10)).toBe(10);
    expect(admitted(gateway, stage, keyId, ORDERS, 10)).toBe(2);
  });

  test.each([
    [true, 0],
    [false, 10],
  ])('a refusal at the stage spends the plan token: %p', async (stageRefusalSpendsPlanToken, left) => {
    const { gateway, restApiId, stage } = await start({ stageRefusalSpendsPlanToken });
    const { keyId } = await addPlan(gateway, restApiId, { throttle: { rateLimit: 0.001, burstLimit: 20 } });
    await patchStage(gateway, restApiId, [
      replace('/data/GET/throttling/rateLimit', '0.001'),
      replace('/data/GET/throttling/burstLimit', '10'),
    ]);
    await gateway.wait(LONGEST_PROPAGATION_MS);
    expect(admitted(gateway, stage, keyId, DATA, 30)).toBe(10);
    expect(admitted(gateway, stage, keyId, ORDERS, 30)).toBe(left);
  });
});

describe('keys', () => {
  test('without a plan for the stage, unknown or disabled, are refused; enabling needs no deployment', async () => {
    const { gateway, restApiId, stage } = await start();
    const { keyId } = await addPlan(gateway, restApiId);
    const { id: lonely } = await gateway.call<{ id: string }>('CreateApiKey', { name: 'lonely', enabled: true });
    const ask = (id: string) => stage.admit({ keyId: id, ...DATA }, gateway.clock.now());
    expect([ask('nobody'), ask(lonely), ask(keyId)]).toEqual(['INVALID_API_KEY', 'INVALID_API_KEY', 'admitted']);
    for (const [enabled, expected] of [
      ['false', 'INVALID_API_KEY'],
      ['true', 'admitted'],
    ] as const) {
      await gateway.call('UpdateApiKey', { apiKey: keyId, patchOperations: [replace('/enabled', enabled)] });
      expect(ask(keyId)).toBe(expected);
    }
  });

  test('a method that is not deployed is an error of the caller', async () => {
    const { gateway, stage } = await start();
    expect(() => stage.admit({ keyId: 'x', verb: 'PUT', path: '/data' }, gateway.clock.now())).toThrow(
      'PUT /data is not deployed',
    );
  });
});

describe('quotas', () => {
  test('count what was admitted, are told from throttling, and begin again at midnight UTC', async () => {
    const { gateway, restApiId, stage } = await start();
    const quota = { limit: 5, offset: 2, period: 'DAY' };
    const throttle = { rateLimit: 1, burstLimit: 2 };
    const { keyId, usagePlanId } = await addPlan(gateway, restApiId, { quota, throttle });
    const ask = () => stage.admit({ keyId, ...DATA }, gateway.clock.now());
    // The first day has 5 - 2 requests; what is throttled does not count.
    expect([ask(), ask(), ask(), ask()]).toEqual(['admitted', 'admitted', 'THROTTLED', 'THROTTLED']);
    await gateway.wait(10_000);
    expect([ask(), ask()]).toEqual(['admitted', 'QUOTA_EXCEEDED']);
    const usage = (date: string) => gateway.call('GetUsage', { usagePlanId, startDate: '2031-01-01', endDate: date });
    expect(await usage('2031-01-01')).toMatchObject({ items: { [keyId]: [[3, 0]] } });
    await gateway.wait(DAY_MS);
    expect(ask()).toBe('admitted');
    expect(await usage('2031-01-02')).toMatchObject({
      items: {
        [keyId]: [
          [3, 0],
          [1, 4],
        ],
      },
    });
  });

  test('UpdateUsage sets what is left', async () => {
    const { gateway, restApiId, stage } = await start();
    const { keyId, usagePlanId } = await addPlan(gateway, restApiId, { quota: { limit: 1, period: 'MONTH' } });
    expect(admitted(gateway, stage, keyId, DATA, 5)).toBe(1);
    const patchOperations = [replace('/remaining', '3')];
    await gateway.call('UpdateUsage', { usagePlanId, keyId, patchOperations });
    expect(admitted(gateway, stage, keyId, DATA, 5)).toBe(3);
  });

  test.each([
    ['WEEK', 3, 4],
    ['MONTH', 30, 31],
  ])('a %s ends after day %d of January 2031', async (period, lastDay, nextDay) => {
    const { gateway, restApiId, stage } = await start();
    const { keyId } = await addPlan(gateway, restApiId, { quota: { limit: 1, period } });
    const dayOfMonth = (day: number) => gateway.clock.runUntil(Date.UTC(2031, 0, 1) + day * DAY_MS);
    expect(admitted(gateway, stage, keyId, DATA, 5)).toBe(1);
    await dayOfMonth(lastDay);
    expect(admitted(gateway, stage, keyId, DATA, 5)).toBe(0);
    await dayOfMonth(nextDay);
    expect(admitted(gateway, stage, keyId, DATA, 5)).toBe(1);
  });
});

describe('changed limits', () => {
  test('take effect late, within the assumed bounds and in order', async () => {
    const { gateway, restApiId } = await start();
    const { usagePlanId } = await addPlan(gateway, restApiId, { throttle: { rateLimit: 100, burstLimit: 100 } });
    const rates = () => {
      const current = gateway.service.currentLimits(restApiId, 'dev');
      const enforced = gateway.service.enforcedLimits(restApiId, 'dev');
      return {
        stage: [current.stage['*/*']?.rateRps, enforced.stage['*/*']?.rateRps],
        plan: [current.plans[usagePlanId]?.throttle?.rateRps, enforced.plans[usagePlanId]?.throttle?.rateRps],
      };
    };
    await patchStage(gateway, restApiId, [replace('/*/*/throttling/rateLimit', '500')]);
    await gateway.call('UpdateUsagePlan', { usagePlanId, patchOperations: [replace('/throttle/rateLimit', '50')] });
    await gateway.wait(1_999);
    expect(rates()).toEqual({ stage: [500, undefined], plan: [50, 100] });
    await gateway.wait(8_001);
    expect(rates().stage).toEqual([500, 500]);
    await gateway.wait(20_000);
    expect(rates()).toEqual({ stage: [500, 500], plan: [50, 50] });
    const seen: (number | undefined)[] = [];
    for (let rate = 1; rate <= 20; rate++) {
      await patchStage(gateway, restApiId, [replace('/*/*/throttling/rateLimit', String(rate))]);
      await gateway.wait(500);
      seen.push(rates().stage[1]);
    }
    await gateway.wait(10_000);
    seen.push(rates().stage[1]);
    expect(seen.at(-1)).toBe(20);
    const changed = seen.filter((rate) => rate !== 500);
    expect(changed).toEqual([...changed].sort((a, b) => (a ?? 0) - (b ?? 0)));
  });

  test('a redeployed stage keeps its buckets', async () => {
    const { gateway, restApiId, stage } = await start();
    const { keyId } = await addPlan(gateway, restApiId, { throttle: { rateLimit: 0.001, burstLimit: 10 } });
    expect(admitted(gateway, stage, keyId, DATA, 6)).toBe(6);
    await gateway.call('CreateDeployment', { restApiId, stageName: 'dev' });
    expect(admitted(gateway, stage, keyId, DATA, 6)).toBe(4);
  });
});
