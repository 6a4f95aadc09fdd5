import {
  APIGatewayClient,
  GetUsagePlansCommand,
  TooManyRequestsException,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway';
import { answerWakeUps, readMessages } from '../../../functions/plan-writer/handle-wake-ups.ts';
import { type PlanWriterDependencies, writeMostUrgentPlan } from '../../../functions/plan-writer/plan-writer.ts';
import { createGateway } from '../../../shared/gateway/api-gateway.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { Refusal } from '../../../shared/platform/refusal.ts';
import { readControlRecord } from '../../../shared/state/control-record.ts';
import { saveDesired } from '../../../shared/state/desired.ts';
import { getItem, putItem } from '../../../shared/state/items/table.ts';
import { readPlanSlot } from '../../../shared/state/plan-lease.ts';
import { apiDimensions } from '../../../shared/telemetry/emf.ts';
import { type LocalTable, localTable } from '../../support/functions/local-table.ts';
import { API, BASELINE, T0, World } from '../../support/functions/world.ts';

let table: LocalTable;
let world: World;
let dependencies: PlanWriterDependencies;
let fence = 0;

beforeEach(async () => {
  table = await localTable();
  world = new World();
  const { clock, publish, logger } = world.dependencies(table, () => {
    throw new Error('The plan writer asks no law.');
  });
  const gateway = createGateway(new APIGatewayClient({ region: 'us-east-1' }));
  dependencies = { clock, table: { ...table, clock }, gateway, publish, logger };
});
afterEach(async () => {
  world.restore();
  await table.close();
});

const OTHER_API = { apiId: 'zzz999zzz9', stage: 'prod' };

async function desire(limits: { premium?: Limit; basic?: Limit }, api = API) {
  const plans = Object.fromEntries(
    Object.entries(limits).map(([tier, limit]) => [
      tier,
      { planId: tier === 'basic' ? 'planB' : 'planP', limit, sinceMs: world.now },
    ]),
  );
  const rules = {
    sacrificeOrder: ['basic', 'premium'],
    resting: BASELINE.tiers,
    ignoreChangeShare: 0.05,
    intervalMs: 21_000,
  };
  await saveDesired(table, { api, fence: ++fence }, { stage: {}, plans, rules, decidedMs: world.now });
}

const writes = () => world.aws.commandCalls(UpdateUsagePlanCommand).map((call) => call.args[0].input.usagePlanId);
const wakeUp = () => writeMostUrgentPlan(dependencies);

describe('a wake-up', () => {
  test('without anything desired, or with all of it in force, does nothing', async () => {
    expect(await wakeUp()).toBe('nothing');
    await desire({ premium: { rateRps: 2000, burst: 5000 } });
    expect(await wakeUp()).toBe('nothing');
    expect(writes()).toEqual([]);
  });

  test('writes the most urgent plan alone, and remembers it', async () => {
    await desire({ basic: { rateRps: 150, burst: 300 }, premium: { rateRps: 300, burst: 300 } });
    expect(await wakeUp()).toBe('written');
    expect(writes()).toEqual(['planP']);
    expect(world.plans.planP).toEqual({ rateLimit: 300, burstLimit: 300 });
    const applied = (await readControlRecord(table, API)).appliedTiers.premium;
    expect(applied).toEqual({ value: { rateRps: 300, burst: 300 }, writtenMs: T0 });
  });

  test('that comes within the interval is early, and calls nothing', async () => {
    await desire({ basic: { rateRps: 50, burst: 50 }, premium: { rateRps: 300, burst: 300 } });
    await wakeUp();
    world.now += 20_999;
    world.aws.resetHistory();
    expect(await wakeUp()).toBe('early');
    expect(world.aws.calls()).toHaveLength(0);
    world.now += 1;
    expect(await wakeUp()).toBe('written');
    expect(writes()).toEqual(['planB']);
  });

  test('writes the newest target', async () => {
    await desire({ premium: { rateRps: 300, burst: 300 } });
    await desire({ premium: { rateRps: 400, burst: 400 } });
    await wakeUp();
    expect(world.plans.planP?.rateLimit).toBe(400);
  });

  test('that AWS refuses leaves the slot to others for a whole tick', async () => {
    await desire({ premium: { rateRps: 300, burst: 300 } });
    world.aws
      .on(UpdateUsagePlanCommand)
      .rejectsOnce(new TooManyRequestsException({ $metadata: {}, message: 'no' }))
      .resolves({ throttle: { rateLimit: 300, burstLimit: 300 } });
    expect(await wakeUp()).toBe('early');
    expect(world.metric('WritesDeferred')).toEqual([1]);
    world.now += 54_999;
    expect(await wakeUp()).toBe('early');
    expect(writes()).toHaveLength(1);
    world.now += 1;
    expect(await wakeUp()).toBe('written');
  });

  test('when AWS refuses to tell the plans comes back later, instead of failing', async () => {
    await desire({ premium: { rateRps: 300, burst: 300 } });
    world.aws.on(GetUsagePlansCommand).rejectsOnce(new TooManyRequestsException({ $metadata: {}, message: 'no' }));
    expect([await wakeUp(), await wakeUp()]).toEqual(['early', 'early']);
    expect(world.aws.commandCalls(GetUsagePlansCommand)).toHaveLength(1);
    expect(writes()).toEqual([]);
  });

  test('that reads back something else is an alarm, and is not remembered as written', async () => {
    await desire({ premium: { rateRps: 300, burst: 300 } });
    world.aws.on(UpdateUsagePlanCommand).resolves({ throttle: { rateLimit: 1, burstLimit: 1 } });
    expect(await wakeUp()).toBe('failed');
    expect(world.metric('WriteMismatches')).toEqual([1]);
    expect((await readControlRecord(table, API)).appliedTiers).toEqual({});
  });

  test('leaves alone what control no longer stands behind', async () => {
    await desire({ premium: { rateRps: 300, burst: 300 } });
    world.now += 150_001;
    expect(await wakeUp()).toBe('nothing');
    expect(world.aws.calls()).toHaveLength(0);
  });

  test('that AWS refuses waits for as long as it asks, where that is longer', async () => {
    await desire({ premium: { rateRps: 300, burst: 300 } });
    const refusal = new TooManyRequestsException({ $metadata: {}, message: 'no', retryAfterSeconds: '90' });
    world.aws.on(UpdateUsagePlanCommand).rejectsOnce(refusal);
    await wakeUp();
    expect(await readPlanSlot(table, 21_000)).toBe(T0 + 90_000);
  });

  test('stands back for no longer than the ceiling, whatever AWS asks', async () => {
    await desire({ premium: { rateRps: 300, burst: 300 } });
    const refusal = new TooManyRequestsException({ $metadata: {}, message: 'no', retryAfterSeconds: '100000' });
    world.aws
      .on(UpdateUsagePlanCommand)
      .rejectsOnce(refusal)
      .resolves({ throttle: { rateLimit: 300, burstLimit: 300 } });
    await wakeUp();
    expect(world.logged.join()).toContain('longer than the ceiling');
    world.now += 120_000;
    await desire({ premium: { rateRps: 300, burst: 300 } });
    expect(await wakeUp()).toBe('written');
  });

  test.each([Date.UTC(2099, 0, 1), 'later'])('a slot that is taken until %s is free', async (nextWriteAtMs) => {
    await putItem(table, { pk: 'WRITER#account', sk: 'slot' }, { nextWriteAtMs });
    await desire({ premium: { rateRps: 300, burst: 300 } });
    expect(await wakeUp()).toBe('written');
    expect(await readPlanSlot(table, 21_000)).toBe(T0 + 21_000);
  });

  test.each([
    ['no JSON', '{'],
    ['no limits', '{"stage":{},"plans":{"premium":{}},"rules":{},"decidedMs":0}'],
    ['an interval of a year', undefined],
  ])('what is desired with %s is nobody’s wish, and keeps no other API from its own', async (_, text) => {
    await desire({ premium: { rateRps: 300, burst: 300 } });
    await desire({ basic: { rateRps: 50, burst: 50 } }, OTHER_API);
    const key = { pk: 'DESIRED', sk: 'abc123def4/dev' };
    const item = await getItem(table, key);
    const desired = text ?? String(item?.desired).replace('"intervalMs":21000', '"intervalMs":31536000000');
    await putItem(table, key, { ...item, desired });
    expect(await wakeUp()).toBe('written');
    expect(writes()).toEqual(['planB']);
  });

  test('fails when the plans cannot be read for another reason than too many calls', async () => {
    await desire({ premium: { rateRps: 300, burst: 300 } });
    world.aws.on(GetUsagePlansCommand).rejectsOnce(new Error('socket hang up'));
    await expect(wakeUp()).rejects.toThrow('socket hang up');
    expect(await readPlanSlot(table, 21_000)).toBe(0);
  });

  test('never sends a limit out of bounds, says so, and keeps the slot', async () => {
    await desire({ premium: { rateRps: 0, burst: 300 } });
    expect(await wakeUp()).toBe('failed');
    expect(writes()).toEqual([]);
    expect(world.published).toEqual([[apiDimensions(API), [{ name: 'WritesRefused', unit: 'Count', values: [1] }]]]);
    expect(world.logged).toEqual([
      expect.stringMatching(/^A usage plan was not written\..*a rate of 0 rps is out of bounds/),
    ]);
    expect(await readPlanSlot(table, 21_000)).toBe(T0 + 21_000);
  });

  test('tells the log what was written for whom', async () => {
    await desire({ basic: { rateRps: 50, burst: 50 } });
    await wakeUp();
    const [line = ''] = world.logged;
    expect(line).toMatch(/^A usage plan was written\. /);
    expect(JSON.parse(line.slice(line.indexOf('{')))).toEqual({
      ...{ api: 'abc123def4/dev', tier: 'basic', planId: 'planB' },
      ...{ kind: 'written', value: { rateRps: 50, burst: 50 } },
    });
    expect(world.published).toEqual([]);
  });

  test('that finds nothing but APIs without plans asks nobody', async () => {
    await desire({}, OTHER_API);
    expect(await wakeUp()).toBe('nothing');
    expect(world.aws.calls()).toHaveLength(0);
  });

  test('for several APIs takes another burst at the same rate for no cut', async () => {
    await desire({ basic: { rateRps: 150, burst: 250 } }, OTHER_API);
    world.now += 10_000;
    await desire({ premium: { rateRps: 2000, burst: 1000 } });
    await wakeUp();
    expect(writes()).toEqual(['planB']);
  });

  test('passes by a plan that is no more, and writes the next', async () => {
    delete world.plans.planP;
    await desire({ basic: { rateRps: 50, burst: 50 }, premium: { rateRps: 300, burst: 300 } });
    expect(await wakeUp()).toBe('written');
    expect(writes()).toEqual(['planB']);
  });

  test('writes for an API although another has no plans at all', async () => {
    await desire({}, OTHER_API);
    await desire({ premium: { rateRps: 300, burst: 300 } });
    expect(await wakeUp()).toBe('written');
  });

  test('for several APIs cuts before it raises, whoever asked first', async () => {
    world.plans.planP = { rateLimit: 300, burstLimit: 300 };
    await desire({ premium: { rateRps: 1000, burst: 1000 } }, OTHER_API);
    world.now += 10_000;
    await desire({ basic: { rateRps: 50, burst: 50 } });
    expect(await wakeUp()).toBe('written');
    expect(writes()).toEqual(['planB']);
  });

  test.each([
    ['cuts', { rateRps: 50, burst: 50 }, { rateRps: 300, burst: 300 }],
    ['raises', { rateRps: 150, burst: 250 }, { rateRps: 4000, burst: 5000 }],
  ])('for several APIs makes the one of two %s that was decided first', async (_, basic, premium) => {
    await desire({ basic }, OTHER_API);
    world.now += 10_000;
    await desire({ premium });
    await wakeUp();
    expect(writes()).toEqual(['planB']);

    world.plans.planB = { rateLimit: 100, burstLimit: 200 };
    world.now += 21_000;
    await desire({ basic }, OTHER_API);
    await wakeUp();
    expect(writes()).toEqual(['planB', 'planP']);
  });

  test('of two at once, one writes', async () => {
    await desire({ basic: { rateRps: 50, burst: 50 }, premium: { rateRps: 300, burst: 300 } });
    expect((await Promise.all([wakeUp(), wakeUp()])).sort()).toEqual(['early', 'written']);
    expect(writes()).toHaveLength(1);
  });
});

describe('a batch of wake-ups', () => {
  let refusals: Refusal[];
  const refuse = (why: Refusal) => void refusals.push(why);
  beforeEach(() => {
    refusals = [];
  });

  const message = (messageId: string, receives: number) => ({
    messageId,
    body: 'whatever',
    attributes: { ApproximateReceiveCount: String(receives) },
  });

  test('returns those that came too early to the queue, but not for ever', async () => {
    const outcomes = ['written', 'early', 'early', 'nothing', 'failed'] as const;
    const messages = readMessages(
      { Records: ['a', 'b', 'c', 'd', 'e'].map((id) => message(id, id === 'c' ? 3 : 1)) },
      refuse,
    );
    let next = 0;
    const answer = await answerWakeUps(messages, async () => outcomes[next++] ?? 'nothing');
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] });
  });

  test.each<[unknown, string[]]>([
    [undefined, ['Records']],
    [null, ['Records']],
    [{}, ['Records']],
    [{ Records: 'x' }, ['Records']],
    [{ Records: [null, {}, { messageId: 5 }] }, ['Records.0.messageId', 'Records.1.messageId', 'Records.2.messageId']],
  ])('of another form holds none, and is refused: %p', (event, paths) => {
    expect(readMessages(event, refuse)).toEqual([]);
    expect(refusals.map(({ path }) => path)).toEqual(paths);
  });

  test('a refusal says what was expected, what was found, and what may run the function', () => {
    readMessages({ Records: { messageId: 'a' } }, refuse);
    readMessages({ Records: [message('a', 1), { messageId: 5 }] }, refuse);
    const fix = 'let only the plan-writes queue invoke this function';
    expect(refusals).toEqual([
      { path: 'Records', expected: 'a list of SQS messages', found: 'an object', fix },
      { path: 'Records.1.messageId', expected: "an SQS message's id", found: 'a number', fix },
    ]);
  });

  test('a message is read with how often it came, once where the queue does not say', () => {
    const records = [message('a', 2), { messageId: 'b', attributes: null }, { messageId: 'c' }];
    expect(readMessages({ Records: [...records, null] }, refuse)).toEqual([
      { messageId: 'a', receiveCount: 2 },
      { messageId: 'b', receiveCount: 1 },
      { messageId: 'c', receiveCount: 1 },
    ]);
    expect(refusals).toHaveLength(1);
  });

  test('drains a backlog with wake-ups alone', async () => {
    await desire({ basic: { rateRps: 50, burst: 50 }, premium: { rateRps: 300, burst: 300 } });
    for (let times = 1; times <= 3; times++) {
      await answerWakeUps([{ messageId: 'm', receiveCount: 1 }], wakeUp);
      world.now += 23_000;
    }
    expect(writes()).toEqual(['planP', 'planB']);
  });
});
