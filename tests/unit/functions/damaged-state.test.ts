import { GetStageCommand, UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { createControl } from '../../../functions/control/control.ts';
import type { LawInput, LawOutput } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { readControlRecord } from '../../../shared/state/control-record.ts';
import type { Decision } from '../../../shared/state/decisions.ts';
import { readDesired } from '../../../shared/state/desired.ts';
import { type Attributes, getItem, putItem, queryItems } from '../../../shared/state/items/table.ts';
import { type LocalTable, localTable } from '../state/dynalite.ts';
import { API, CONCLUSION, SCHEDULE, T0, World } from './world.ts';

const YEAR_2099 = Date.UTC(2099, 0, 1);
const OWN = 'API#abc123def4/dev';

let table: LocalTable;
let world: World;
let run: (event: unknown) => Promise<void>;
let inputs: LawInput<unknown>[];
let answer: (input: LawInput<unknown>) => Partial<LawOutput<unknown>>;

beforeEach(async () => {
  table = await localTable();
  world = new World();
  inputs = [];
  answer = ({ live }) => ({ desired: live });
  run = createControl(
    world.dependencies(table, (input) => {
      inputs.push(input);
      return { state: { seen: inputs.length }, conclusion: CONCLUSION, desired: input.live, ...answer(input) };
    }),
  );
});
afterEach(async () => {
  jest.restoreAllMocks();
  world.restore();
  await table.close();
});

const braked = (rateRps: number): { desired: Limits } => ({
  desired: { stage: { '*/*': { rateRps, burst: 40 } }, tiers: {} },
});

async function decisions(): Promise<Decision[]> {
  const items = await queryItems(table, 'DECISION#abc123def4/dev');
  return items.map((item) => JSON.parse(String(item.decision)) as Decision);
}

const setAside = async () => (await decisions()).filter(({ rule }) => rule === 'state-set-aside');

/** The item as it is, with some attributes of it replaced; `undefined` takes one away. */
async function damage(sk: string, changes: Readonly<Record<string, Attributes[string] | undefined>>, pk = OWN) {
  const { pk: _pk, sk: _sk, ...item } = (await getItem(table, { pk, sk })) ?? {};
  const entries = Object.entries({ ...item, ...changes }).filter(([, value]) => value !== undefined);
  await putItem(table, { pk, sk }, Object.fromEntries(entries) as Attributes);
}

/** A tick that brakes to 800 rps, and a minute later one that is to go on from there. */
async function tickThenMinute(): Promise<void> {
  answer = () => braked(800);
  await run(SCHEDULE);
  world.now += 60_000;
}

test.each([
  ['the year 2099', YEAR_2099],
  ['a minute from now', T0 + 120_000],
  ['a text', 'soon'],
])('a lease until %s is free: no tick is missed', async (_, until) => {
  await tickThenMinute();
  await damage('lease', { until });
  await run(SCHEDULE);
  expect(inputs).toHaveLength(2);
  expect(world.metric('Heartbeat')).toEqual([1, 1]);
});

test.each([
  ['a text', 'x'],
  ['huge', 1e100],
  ['negative', -5],
  ['missing', undefined],
  ['small', 0],
])(
  'a fence of the lease that is %s is mended, and nothing that was written under the old one is lost',
  async (_, fence) => {
    await tickThenMinute();
    await damage('lease', { fence });
    answer = () => braked(700);
    await run(SCHEDULE);
    expect(inputs[1]?.state).toEqual({ seen: 1 });
    expect(world.stage['*/*']?.throttlingRateLimit).toBe(700);
    world.now += 60_000;
    await run(SCHEDULE);
    expect(world.metric('Heartbeat')).toEqual([1, 1, 1]);
    expect(inputs[2]?.state).toEqual({ seen: 2 });
  },
);

test.each(['law', 'drift', 'applied#stage', 'DESIRED'])(
  'a fence of %s that no lease ever had blocks no write',
  async (name) => {
    const [pk, sk] = name === 'DESIRED' ? ['DESIRED', 'abc123def4/dev'] : [OWN, name];
    for (const fence of [1_000_000, 8e15, 1e100, 'x']) {
      await tickThenMinute();
      await damage(sk, { fence }, pk);
      answer = () => braked(700);
      await run(SCHEDULE);
      expect(world.stage['*/*']?.throttlingRateLimit).toBe(700);
      expect((await readDesired(table, API))?.stage['*/*']?.rateRps).toBe(700);
      expect((await readControlRecord(table, API)).law?.state).toEqual({ seen: inputs.length });
      world.now += 60_000;
    }
  },
);

test.each([
  ['no JSON', { record: '{' }],
  ['of the wrong shape', { record: '{"tracker":{}}' }],
  ['of another version', { schema: 4 }],
  ['without a version', { schema: undefined }],
  ['gone', { record: undefined }],
  [
    'that looked in the year 2099',
    { record: JSON.stringify({ state: {}, seenLogsMs: 0, seenMetricsMs: 0, toldSlowMs: 500, lookedMs: YEAR_2099 }) },
  ],
  [
    'that saw windows of the year 2099',
    { record: JSON.stringify({ state: {}, seenLogsMs: YEAR_2099, seenMetricsMs: 0, toldSlowMs: 500, lookedMs: T0 }) },
  ],
])('a law record that is %s is set aside, kept, recorded once, and the law starts afresh', async (_, changes) => {
  await tickThenMinute();
  await damage('law', changes);
  await run(SCHEDULE);
  world.now += 60_000;
  await run(SCHEDULE);
  expect(inputs.map(({ state }) => state)).toEqual([undefined, undefined, { seen: 2 }]);
  expect((await setAside()).map(({ reason }) => reason)).toEqual([expect.stringContaining(`${OWN} / law`)]);
  expect(await queryItems(table, 'ASIDE#abc123def4/dev')).toHaveLength(1);
  expect(world.announced()).toHaveLength(1);
  expect(world.metric('Heartbeat')).toEqual([1, 1, 1]);
});

test.each([
  ['an id that no key can hold', { id: 'x'.repeat(2000) }, {}],
  ['a kind that no item can hold twice', { id: '99' }, { kind: 'x'.repeat(300_000) }],
])('a decision under way of %s is set aside, and braking goes on', async (_, under, fields) => {
  await tickThenMinute();
  const { desired } = (await getItem(table, { pk: 'DESIRED', sk: 'abc123def4/dev' })) ?? {};
  const { decision, ...rest } = JSON.parse(String(desired)) as { decision: { decision: object } };
  const damaged = { ...decision, ...under, decision: { ...decision.decision, ...fields } };
  await damage('abc123def4/dev', { desired: JSON.stringify({ ...rest, decision: damaged }) }, 'DESIRED');
  answer = () => braked(700);
  await run(SCHEDULE);
  expect(world.stage['*/*']?.throttlingRateLimit).toBe(700);
  expect(world.metric('Heartbeat')).toEqual([1, 1]);
  expect(await setAside()).toHaveLength(1);
});

test('without the law’s memory the stage is led from where it is in steps, not in a jump', async () => {
  await tickThenMinute();
  await damage('law', { record: '{' });
  answer = () => braked(2000);
  await run(SCHEDULE);
  expect(world.stage['*/*']?.throttlingRateLimit).toBeGreaterThan(800);
  expect(world.stage['*/*']?.throttlingRateLimit).toBeLessThan(2000);
});

describe('a law that cannot use', () => {
  test('its own state starts afresh, and the reason is recorded', async () => {
    await tickThenMinute();
    answer = ({ state }) => {
      if (state !== undefined) throw new TypeError('tracker is undefined');
      return braked(700);
    };
    await run(SCHEDULE);
    expect(world.metric('Heartbeat')).toEqual([1, 1]);
    expect((await setAside())[0]?.reason).toContain('tracker is undefined');
    expect((await readControlRecord(table, API)).law?.state).toBeDefined();
  });

  test('its own state to come to finite limits does the same', async () => {
    await tickThenMinute();
    answer = ({ state }) => braked(state === undefined ? 700 : Number.NaN);
    await run(SCHEDULE);
    expect((await setAside())[0]?.reason).toContain('limits that are none');
    expect(world.metric('Heartbeat')).toEqual([1, 1]);
  });

  test('anything at all fails aloud, and does not beat', async () => {
    answer = () => {
      throw new Error('broken');
    };
    await expect(run(SCHEDULE)).rejects.toThrow('The law cannot decide: Error: broken');
    expect(world.metric('Heartbeat')).toEqual([]);
  });
});

describe('a time bound in the year 2099', () => {
  test('of the backoff does not keep control from its management calls', async () => {
    await tickThenMinute();
    await damage('backoff', { untilMs: YEAR_2099 });
    answer = () => braked(700);
    await run(SCHEDULE);
    expect(world.stage['*/*']?.throttlingRateLimit).toBe(700);
    expect(await setAside()).toHaveLength(1);
  });

  test('of the wake-ups, or of the writer’s slot, does not keep the plan writer asleep', async () => {
    answer = ({ live }) => ({ desired: { ...live, tiers: { premium: { rateRps: 300, burst: 50 } } } });
    await damage('wake-ups', { wokenUntilMs: YEAR_2099 }, 'WAKE-UPS');
    await damage('slot', { nextWriteAtMs: YEAR_2099 }, 'WRITER#account');
    await run(SCHEDULE);
    expect(world.wakeUpDelays()).toEqual([0]);
    expect(world.damages.map(({ key }) => key.pk)).toEqual(['WRITER#account', 'WAKE-UPS']);
  });

  test('of what is desired, of a pause and of a claim is ignored', async () => {
    await tickThenMinute();
    const desired = await readDesired(table, API);
    await damage('abc123def4/dev', { desired: JSON.stringify({ ...desired, decidedMs: YEAR_2099 }) }, 'DESIRED');
    await damage('paused', { atMs: YEAR_2099 });
    const claim = JSON.stringify({ who: 'nobody', atMs: YEAR_2099 });
    await damage('claim#stage', { schema: 1, claim, atMs: YEAR_2099 });
    await run(SCHEDULE);
    const { pausedMs, claims } = await readControlRecord(table, API);
    expect([pausedMs, claims]).toEqual([0, {}]);
    expect((await readDesired(table, API))?.decidedMs).toBe(world.now);
    expect(await setAside()).toHaveLength(3);
  });
});

test.each(['constructor', '__proto__', 'toString'])(
  'an item %s among ours is a stranger, and no more',
  async (name) => {
    await tickThenMinute();
    await damage(`claim#${name}`, { schema: 1, claim: JSON.stringify({ who: 'x', atMs: T0 }), atMs: T0 });
    await damage(name, { version: 1 }, 'WRITER#abc123def4/dev');
    await damage(name, { version: 1 });
    await run(SCHEDULE);
    expect(inputs).toHaveLength(2);
    expect(world.metric('Heartbeat')).toEqual([1, 1]);
  },
);

describe('the heartbeat', () => {
  test('is not that of a controller that found the lease taken', async () => {
    await damage('lease', { until: T0 + 30_000, fence: 7 });
    await run(SCHEDULE);
    expect(world.metric('Heartbeat')).toEqual([]);
  });

  test('is not that of a tick whose decision did not come into force', async () => {
    answer = () => braked(800);
    world.aws.on(UpdateStageCommand).resolves({ methodSettings: structuredClone(world.stage) });
    await run(SCHEDULE);
    expect(world.metric('Heartbeat')).toEqual([]);
  });

  test('is not that of a tick that dies', async () => {
    world.aws.on(GetStageCommand).rejects(new Error('down'));
    for (let minute = 0; minute < 3; minute++) await expect(run(SCHEDULE)).rejects.toThrow('down');
    expect(world.metric('Heartbeat')).toEqual([]);
  });
});

test('a backlog that cannot be worked off keeps no API from its tick, and is seen', async () => {
  answer = ({ live }) => ({ desired: { ...live, tiers: { premium: { rateRps: 300, burst: 50 } } } });
  world.queue.on(SendMessageCommand).rejects(new Error('no queue'));
  await expect(run(SCHEDULE)).rejects.toThrow('wake-ups: Error: no queue');
  expect(world.metric('Heartbeat')).toEqual([1]);
  expect(await decisions()).toHaveLength(1);
});

test('a refusal that cannot be stored keeps no API from its tick', async () => {
  const send = table.client.send.bind(table.client);
  jest.spyOn(table.client, 'send').mockImplementation(async (command: { input: unknown }) => {
    if (JSON.stringify(command.input).includes('#refused')) throw new Error('poison');
    return await send(command as Parameters<typeof send>[0]);
  });
  world.parameters.push({ Name: '/tidegate/dev/policies/broken', Value: '{', Version: 1 });
  await run(SCHEDULE);
  expect(world.metric('Heartbeat')).toEqual([1]);
  expect(world.logged.join()).toContain('could not be processed');
});

test('a claim of the future is nobody’s, and one that cannot be stored costs nobody a tick', async () => {
  const trail = (eventTime: string) => ({
    source: 'aws.cloudformation',
    'detail-type': 'CloudFormation Stack Status Change',
    time: eventTime,
    detail: { 'status-details': { status: 'UPDATE_COMPLETE' } },
  });
  await run(trail('9999-01-01T00:00:00Z'));
  expect((await readControlRecord(table, API)).claims).toEqual({});
  expect(world.logged.join()).toContain('dated in the future');
  const send = table.client.send.bind(table.client);
  jest.spyOn(table.client, 'send').mockImplementation(async (command: { input: unknown }) => {
    if (JSON.stringify(command.input).includes('claim#')) throw new Error('poison');
    return await send(command as Parameters<typeof send>[0]);
  });
  world.now += 60_000;
  await run(trail(new Date(world.now).toISOString()));
  expect(inputs).toHaveLength(2);
});
