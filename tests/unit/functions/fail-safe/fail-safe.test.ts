import { TooManyRequestsException, UpdateStageCommand, UpdateUsagePlanCommand } from '@aws-sdk/client-api-gateway';
import { createFailSafe } from '../../../../functions/fail-safe/fail-safe.ts';
import type { Table } from '../../../../shared/state/items/table.ts';
import type { BackendMinute } from '../../../../shared/telemetry/vital-signs.ts';
import { ALARM, BASELINE, SCHEDULE, T0, World } from '../../../support/functions/world.ts';

const MINUTE = 60_000;
const OBJECTIVE = { latencyPercentile: 90, latencyMs: 500, errorShare: 0.05 };
const RULES = { silentMinutes: 3, healthyMinutes: 3, leastAnswered: 10, objective: OBJECTIVE };
const WAKE_UP = { Records: [{ messageId: 'm', eventSource: 'aws:sqs' }] };
/** The fail-safe has no table; whoever touches this one fails. */
const NO_TABLE = {} as Table;

let world: World;
let beatMs: number | undefined;
let backend: () => BackendMinute[];
let raised: Set<string>;
let pending: () => number;
let parameters: () => { name: string; value: string; version: number }[];

const healthyMinutes = (): BackendMinute[] =>
  [1, 2, 3, 4, 5].map((age) => ({
    startMs: Math.floor(world.now / MINUTE - age) * MINUTE,
    answered: 600,
    serverErrors: 0,
    latencyMs: 120,
  }));

beforeEach(() => {
  world = new World();
  world.now = T0 + 20 * MINUTE + 25_000;
  world.stage = { '*/*': { throttlingRateLimit: 400, throttlingBurstLimit: 25 } };
  world.plans = { planP: { rateLimit: 50, burstLimit: 100 }, planB: { rateLimit: 20, burstLimit: 40 } };
  beatMs = T0 + 10 * MINUTE;
  backend = healthyMinutes;
  raised = new Set();
  pending = () => 0;
  parameters = () => [];
});
afterEach(() => world.restore());

async function look(event: unknown): Promise<void> {
  const dependencies = world.dependencies(NO_TABLE, () => {
    throw new Error('The fail-safe asks no law.');
  });
  await createFailSafe({
    ...dependencies,
    rules: RULES,
    parameters: { below: async () => parameters() },
    pendingWakeUps: async () => pending(),
    vitalSigns: {
      recentBeat: async () => beatMs,
      lastBeat: async () => beatMs,
      backend: async () => backend(),
      raisedSince: async (limits) => new Set(limits.filter((limit) => raised.has(limit))),
    },
  })(event);
}

const stageWrites = () => world.aws.commandCalls(UpdateStageCommand).length;
const planWrites = () => world.aws.commandCalls(UpdateUsagePlanCommand).map((call) => call.args[0].input.usagePlanId);
const news = () => world.announced().map(({ detail }) => `${detail.kind}: ${detail.rule}`);

test('while control beats it does nothing but listen', async () => {
  beatMs = world.now - MINUTE;
  for (const event of [ALARM, SCHEDULE, WAKE_UP]) await look(event);
  expect(world.aws.calls()).toHaveLength(0);
  expect(news()).toEqual([]);
});

test('in a silence it raises the stage at once, says so, and wakes itself for every plan, 21 s apart', async () => {
  await look(ALARM);
  expect(world.stage['*/*']).toEqual({ throttlingRateLimit: 2000, throttlingBurstLimit: 5000 });
  expect(planWrites()).toEqual([]);
  expect(world.wakeUpDelays()).toEqual([21, 42]);
  expect(news()).toEqual(['raise-stage: raise-stage']);
  expect(world.published).toContainEqual([
    { Api: BASELINE.apiId, Stage: 'dev', Limit: 'stage' },
    [{ name: 'FailSafeRaised', unit: 'Count', values: [1] }],
  ]);
});

test('each wake-up raises one plan and sends no other; the last one says that it is done', async () => {
  world.stage = { '*/*': { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 } };
  await look(WAKE_UP);
  expect(planWrites()).toEqual(['planP']);
  expect(news()).toEqual([]);
  await look(WAKE_UP);
  expect(planWrites()).toEqual(['planP', 'planB']);
  expect(news()).toEqual(['raise-plan: raise-plan']);
  await look(WAKE_UP);
  expect(planWrites()).toHaveLength(2);
  expect(world.wakeUpDelays()).toEqual([]);
});

test('the schedule leaves plans to the wake-ups on their way; when these were lost it begins anew', async () => {
  world.stage = { '*/*': { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 } };
  pending = () => 2;
  await look(SCHEDULE);
  expect(planWrites()).toEqual([]);
  pending = () => 0;
  await look(SCHEDULE);
  expect(planWrites()).toEqual(['planP']);
  expect(world.wakeUpDelays()).toEqual([21]);
});

test('a sick backend: held, paged at the alarm and then every quarter of an hour', async () => {
  backend = () => healthyMinutes().map((minute) => ({ ...minute, latencyMs: 2000 }));
  await look(ALARM);
  await look(SCHEDULE);
  expect(news()).toEqual(['hold: backend-unhealthy']);
  world.now = T0 + 30 * MINUTE;
  await look(SCHEDULE);
  expect(news()).toHaveLength(2);
  expect(stageWrites() + planWrites().length).toBe(0);
});

test('a backend that cannot be seen is not a healthy one', async () => {
  backend = () => {
    throw new Error('CloudWatch is down.');
  };
  await look(ALARM);
  expect(news()).toEqual(['hold: backend-unknown']);
  expect(stageWrites()).toBe(0);
});

test('a paused switch holds it; a Parameter Store that does not answer does not', async () => {
  parameters = () => [{ name: '/tidegate/dev/switch', value: 'pause', version: 2 }];
  await look(ALARM);
  expect(stageWrites()).toBe(0);
  expect(news()).toEqual(['hold: operator']);
  parameters = () => {
    throw new Error('Parameter Store is down.');
  };
  await look(ALARM);
  expect(stageWrites()).toBe(1);
});

test('what it raised once in this silence it does not raise again', async () => {
  raised.add('stage');
  await look(ALARM);
  expect(stageWrites()).toBe(0);
  expect(news()).toEqual(['hold: lowered-again']);
});

test('an alarm with nothing braked is no news', async () => {
  world.stage = { '*/*': { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 } };
  world.plans = { planP: { rateLimit: 2000, burstLimit: 5000 }, planB: { rateLimit: 100, burstLimit: 200 } };
  await look(ALARM);
  expect(news()).toEqual([]);
  expect(world.wakeUpDelays()).toEqual([]);
});

test('a refused write is counted, not remembered as a raise, and tried again by the schedule', async () => {
  world.aws
    .on(UpdateStageCommand)
    .rejectsOnce(new TooManyRequestsException({ message: 'Too Many Requests', $metadata: {} }));
  await look(ALARM);
  expect(world.metric('WritesDeferred')).toEqual([1]);
  expect(world.metric('FailSafeRaised')).toEqual([]);
});

test('a bus that does not answer costs the announcement, not the raise', async () => {
  world.events.rejects(new Error('down'));
  await look(ALARM);
  expect(stageWrites()).toBe(1);
  expect(world.wakeUpDelays()).toEqual([21, 42]);
});

test('a queue that neither takes nor counts messages leaves one plan a minute to the schedule', async () => {
  world.stage = { '*/*': { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 } };
  world.queue.rejects(new Error('SQS is down.'));
  pending = () => {
    throw new Error('SQS is down.');
  };
  await look(SCHEDULE);
  expect(planWrites()).toEqual(['planP']);
  await look(SCHEDULE);
  expect(planWrites()).toEqual(['planP', 'planB']);
});
