import { GetStageCommand, UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Limits } from '../../../shared/limits/limits.ts';
import { readControlRecord } from '../../../shared/state/control-record.ts';
import { readDesired } from '../../../shared/state/desired.ts';
import { type Attributes, getItem, putItem, queryItems } from '../../../shared/state/items/table.ts';
import { type StartedControl, startControl } from '../../support/functions/start-control.ts';
import { API, SCHEDULE, T0 } from '../../support/functions/world.ts';

const YEAR_2099 = Date.UTC(2099, 0, 1);
const OWN = 'API#abc123def4/dev';

let control: StartedControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await control.close();
});

const braked = (rateRps: number): { desired: Limits } => ({
  desired: { stage: { '*/*': { rateRps, burst: 40 } }, tiers: {} },
});

const setAside = async () => (await control.decisions()).filter(({ rule }) => rule === 'state-set-aside');

/** The item as it is, with some attributes of it replaced; `undefined` takes one away. */
async function damage(sk: string, changes: Readonly<Record<string, Attributes[string] | undefined>>, pk = OWN) {
  const { pk: _pk, sk: _sk, ...item } = (await getItem(control.table, { pk, sk })) ?? {};
  const entries = Object.entries({ ...item, ...changes }).filter(([, value]) => value !== undefined);
  await putItem(control.table, { pk, sk }, Object.fromEntries(entries) as Attributes);
}

/** A tick that brakes to 800 rps, and a minute later one that is to go on from there. */
async function tickThenMinute(): Promise<void> {
  control.answer = () => braked(800);
  await control.run(SCHEDULE);
  control.world.now += 60_000;
}

test.each([
  ['the year 2099', YEAR_2099],
  ['a minute from now', T0 + 120_000],
  ['a text', 'soon'],
])('a lease until %s is free: no tick is missed', async (_, until) => {
  await tickThenMinute();
  await damage('lease', { until });
  await control.run(SCHEDULE);
  expect(control.inputs).toHaveLength(2);
  expect(control.world.metric('Heartbeat')).toEqual([1, 1]);
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
    control.answer = () => braked(700);
    await control.run(SCHEDULE);
    expect(control.inputs[1]?.state).toEqual({ seen: 1 });
    expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(700);
    control.world.now += 60_000;
    await control.run(SCHEDULE);
    expect(control.world.metric('Heartbeat')).toEqual([1, 1, 1]);
    expect(control.inputs[2]?.state).toEqual({ seen: 2 });
  },
);

test.each(['law', 'drift', 'applied#stage', 'DESIRED'])(
  'a fence of %s that no lease ever had blocks no write',
  async (name) => {
    const [pk, sk] = name === 'DESIRED' ? ['DESIRED', 'abc123def4/dev'] : [OWN, name];
    for (const fence of [1_000_000, 8e15, 1e100, 'x']) {
      await tickThenMinute();
      await damage(sk, { fence }, pk);
      control.answer = () => braked(700);
      await control.run(SCHEDULE);
      expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(700);
      expect((await readDesired(control.table, API))?.stage['*/*']?.rateRps).toBe(700);
      expect((await readControlRecord(control.table, API)).law?.state).toEqual({ seen: control.inputs.length });
      control.world.now += 60_000;
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
  await control.run(SCHEDULE);
  control.world.now += 60_000;
  await control.run(SCHEDULE);
  expect(control.inputs.map(({ state }) => state)).toEqual([undefined, undefined, { seen: 2 }]);
  expect((await setAside()).map(({ reason }) => reason)).toEqual([expect.stringContaining(`${OWN} / law`)]);
  expect(await queryItems(control.table, 'ASIDE#abc123def4/dev')).toHaveLength(1);
  expect(control.world.announced()).toHaveLength(1);
  expect(control.world.metric('Heartbeat')).toEqual([1, 1, 1]);
});

test.each([
  ['law', OWN, 'record'],
  ['drift', OWN, 'drift'],
  ['applied#stage', OWN, 'applied'],
  ['abc123def4/dev', 'DESIRED', 'desired'],
  ['basic', 'WRITER#abc123def4/dev', 'applied'],
])(
  'an item %s of %s that is nested beyond all depth counts as nothing, and braking goes on',
  async (sk, pk, attribute) => {
    await tickThenMinute();
    await damage(sk, { [attribute]: '['.repeat(150_000) + ']'.repeat(150_000), schema: 1, fence: 1 }, pk);
    control.answer = () => braked(700);
    await control.run(SCHEDULE);
    expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(700);
    expect(control.world.metric('Heartbeat')).toEqual([1, 1]);
  },
);

test('a name that fits into no key is cut in the record of a decision, and one of an item that is set aside', async () => {
  await tickThenMinute();
  control.world.stage[`/${'x'.repeat(1100)}/GET`] = { throttlingRateLimit: 5, throttlingBurstLimit: 5 };
  await putItem(control.table, { pk: OWN, sk: `claim#${'y'.repeat(1010)}` }, { claim: '{', schema: 1, atMs: 1 });
  for (let ticks = 0; ticks < 3; ticks++) {
    await control.run(SCHEDULE);
    control.world.now += 60_000;
  }
  expect(control.world.metric('Heartbeat')).toEqual([1, 1, 1, 1]);
});

test.each([
  ['nested', '['.repeat(1819) + ']'.repeat(1819)],
  ['that repeats a field', `{"api":"abc123def4/dev","${'k'.repeat(2000)}":{${'"b":1,'.repeat(330)}"b":1}}`],
])('a policy %s beyond reason is refused, and a kill is carried out', async (_, document) => {
  await tickThenMinute();
  control.world.parameters = ['default', 'zzz'].map((name) => ({
    Name: `/tidegate/dev/policies/${name}`,
    Value: document,
    Version: 2,
  }));
  control.world.override({ action: 'kill' });
  await control.run(SCHEDULE);
  expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(100);
  expect(control.world.metric('Heartbeat')).toEqual([1, 1]);
});

test.each([
  ['an id that no key can hold', { id: 'x'.repeat(2000) }, {}],
  ['a kind that no item can hold twice', { id: '99' }, { kind: 'x'.repeat(300_000) }],
])('a decision under way of %s is set aside, and braking goes on', async (_, under, fields) => {
  await tickThenMinute();
  const { desired } = (await getItem(control.table, { pk: 'DESIRED', sk: 'abc123def4/dev' })) ?? {};
  const { decision, ...rest } = JSON.parse(String(desired)) as { decision: { decision: object } };
  const damaged = { ...decision, ...under, decision: { ...decision.decision, ...fields } };
  await damage('abc123def4/dev', { desired: JSON.stringify({ ...rest, decision: damaged }) }, 'DESIRED');
  control.answer = () => braked(700);
  await control.run(SCHEDULE);
  expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(700);
  expect(control.world.metric('Heartbeat')).toEqual([1, 1]);
  expect(await setAside()).toHaveLength(1);
});

test('without the law’s memory the stage is led from where it is in steps, not in a jump', async () => {
  await tickThenMinute();
  await damage('law', { record: '{' });
  control.answer = () => braked(2000);
  await control.run(SCHEDULE);
  expect(control.world.stage['*/*']?.throttlingRateLimit).toBeGreaterThan(800);
  expect(control.world.stage['*/*']?.throttlingRateLimit).toBeLessThan(2000);
});

describe('a law that cannot use', () => {
  test('its own state starts afresh, and the reason is recorded', async () => {
    await tickThenMinute();
    control.answer = ({ state }) => {
      if (state !== undefined) throw new TypeError('tracker is undefined');
      return braked(700);
    };
    await control.run(SCHEDULE);
    expect(control.world.metric('Heartbeat')).toEqual([1, 1]);
    expect((await setAside())[0]?.reason).toContain('tracker is undefined');
    expect((await readControlRecord(control.table, API)).law?.state).toBeDefined();
  });

  test('its own state to come to finite limits does the same', async () => {
    await tickThenMinute();
    control.answer = ({ state }) => braked(state === undefined ? 700 : Number.NaN);
    await control.run(SCHEDULE);
    expect((await setAside())[0]?.reason).toContain('limits that are none');
    expect(control.world.metric('Heartbeat')).toEqual([1, 1]);
  });

  test('anything at all fails aloud, and does not beat', async () => {
    control.answer = () => {
      throw new Error('broken');
    };
    await expect(control.run(SCHEDULE)).rejects.toThrow('The law cannot decide: Error: broken');
    expect(control.world.metric('Heartbeat')).toEqual([]);
  });
});

describe('a time bound in the year 2099', () => {
  test('of the backoff does not keep control from its management calls', async () => {
    await tickThenMinute();
    await damage('backoff', { untilMs: YEAR_2099 });
    control.answer = () => braked(700);
    await control.run(SCHEDULE);
    expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(700);
    expect(await setAside()).toHaveLength(1);
  });

  test('of the wake-ups, or of the writer’s slot, does not keep the plan writer asleep', async () => {
    control.answer = ({ live }) => ({ desired: { ...live, tiers: { premium: { rateRps: 300, burst: 50 } } } });
    await damage('wake-ups', { wokenUntilMs: YEAR_2099 }, 'WAKE-UPS');
    await damage('slot', { nextWriteAtMs: YEAR_2099 }, 'WRITER#account');
    await control.run(SCHEDULE);
    expect(control.world.wakeUpDelays()).toEqual([0]);
    expect(control.world.damages.map(({ key }) => key.pk)).toEqual(['WRITER#account', 'WAKE-UPS']);
  });

  test('of what is desired, of a pause and of a claim is ignored', async () => {
    await tickThenMinute();
    const desired = await readDesired(control.table, API);
    await damage('abc123def4/dev', { desired: JSON.stringify({ ...desired, decidedMs: YEAR_2099 }) }, 'DESIRED');
    await damage('paused', { atMs: YEAR_2099 });
    const claim = JSON.stringify({ who: 'nobody', atMs: YEAR_2099 });
    await damage('claim#stage', { schema: 1, claim, atMs: YEAR_2099 });
    await control.run(SCHEDULE);
    const { pausedMs, claims } = await readControlRecord(control.table, API);
    expect([pausedMs, claims]).toEqual([0, {}]);
    expect((await readDesired(control.table, API))?.decidedMs).toBe(control.world.now);
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
    await control.run(SCHEDULE);
    expect(control.inputs).toHaveLength(2);
    expect(control.world.metric('Heartbeat')).toEqual([1, 1]);
  },
);

describe('the heartbeat', () => {
  test('is not that of a controller that found the lease taken', async () => {
    await damage('lease', { until: T0 + 30_000, fence: 7 });
    await control.run(SCHEDULE);
    expect(control.world.metric('Heartbeat')).toEqual([]);
  });

  test('is not that of a tick whose decision did not come into force', async () => {
    control.answer = () => braked(800);
    control.world.aws.on(UpdateStageCommand).resolves({ methodSettings: structuredClone(control.world.stage) });
    await control.run(SCHEDULE);
    expect(control.world.metric('Heartbeat')).toEqual([]);
  });

  test('is not that of a tick that dies', async () => {
    control.world.aws.on(GetStageCommand).rejects(new Error('down'));
    for (let minute = 0; minute < 3; minute++) await expect(control.run(SCHEDULE)).rejects.toThrow('down');
    expect(control.world.metric('Heartbeat')).toEqual([]);
  });
});

test('a backlog that cannot be worked off keeps no API from its tick, and is seen', async () => {
  control.answer = ({ live }) => ({ desired: { ...live, tiers: { premium: { rateRps: 300, burst: 50 } } } });
  control.world.queue.on(SendMessageCommand).rejects(new Error('no queue'));
  await expect(control.run(SCHEDULE)).rejects.toThrow('wake-ups: Error: no queue');
  expect(control.world.metric('Heartbeat')).toEqual([1]);
  expect(await control.decisions()).toHaveLength(1);
});

test('a refusal that cannot be stored keeps no API from its tick', async () => {
  const send = control.table.client.send.bind(control.table.client);
  jest.spyOn(control.table.client, 'send').mockImplementation(async (command: { input: unknown }) => {
    if (JSON.stringify(command.input).includes('#refused')) throw new Error('poison');
    return await send(command as Parameters<typeof send>[0]);
  });
  control.world.parameters.push({ Name: '/tidegate/dev/policies/broken', Value: '{', Version: 1 });
  await control.run(SCHEDULE);
  expect(control.world.metric('Heartbeat')).toEqual([1]);
  expect(control.world.logged.join()).toContain('could not be processed');
});

test('a claim of the future is nobody’s, and one that cannot be stored costs nobody a tick', async () => {
  const trail = (eventTime: string) => ({
    source: 'aws.cloudformation',
    'detail-type': 'CloudFormation Stack Status Change',
    time: eventTime,
    detail: { 'status-details': { status: 'UPDATE_COMPLETE' } },
  });
  await control.run(trail('9999-01-01T00:00:00Z'));
  expect((await readControlRecord(control.table, API)).claims).toEqual({});
  expect(control.world.logged.join()).toContain('dated in the future');
  const send = control.table.client.send.bind(control.table.client);
  jest.spyOn(control.table.client, 'send').mockImplementation(async (command: { input: unknown }) => {
    if (JSON.stringify(command.input).includes('claim#')) throw new Error('poison');
    return await send(command as Parameters<typeof send>[0]);
  });
  control.world.now += 60_000;
  await control.run(trail(new Date(control.world.now).toISOString()));
  expect(control.inputs).toHaveLength(2);
});
