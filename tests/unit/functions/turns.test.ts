import { GetStageCommand } from '@aws-sdk/client-api-gateway';
import { createControl } from '../../../functions/control/control.ts';
import type { Decision } from '../../../shared/state/decisions.ts';
import { putItem, queryItems } from '../../../shared/state/items/table.ts';
import { type LocalTable, localTable } from '../state/dynalite.ts';
import { ALARM, API, CONCLUSION, OVERRIDE_NAME, POLICY_NAME, PUT_OFF_LOOK, SCHEDULE, T0, World } from './world.ts';

let table: LocalTable;
let world: World;
let run: (event: unknown) => Promise<void>;

beforeEach(async () => {
  table = await localTable();
  world = new World();
  run = createControl(world.dependencies(table, ({ live }) => ({ state: {}, conclusion: CONCLUSION, desired: live })));
});
afterEach(async () => {
  jest.restoreAllMocks();
  world.restore();
  await table.close();
});

const lookNow = (api = API) => ({
  source: 'tidegate.telemetry',
  'detail-type': 'Tidegate Look Now',
  detail: { ...api, reason: 'throttled' },
});
const parameter = (name: string) => ({
  source: 'aws.ssm',
  'detail-type': 'Parameter Store Change',
  detail: { name, operation: 'Update' },
});

async function triggers(): Promise<string[]> {
  const items = await queryItems(table, 'DECISION#abc123def4/dev');
  return items.map((item) => (JSON.parse(String(item.decision)) as Decision).trigger);
}

/** Everything outside the table that an event costs. */
const callsMade = () => world.aws.calls().length + world.ssm.calls().length + world.cloudWatch.calls().length;

test('a flood of look-nows is one look, and one more when ten seconds are over', async () => {
  for (let event = 0; event < 50; event++) {
    await run(lookNow());
    world.now += 100;
  }
  expect(world.aws.commandCalls(GetStageCommand)).toHaveLength(1);
  expect(world.lookDelays()).toEqual([10]);
  world.now = T0 + 10_100;
  await run(PUT_OFF_LOOK);
  expect(await triggers()).toEqual(['look-now', 'look-now']);
});

test('whoever comes too early costs no parameter and no management call, and two calls of the table at most', async () => {
  await run(lookNow());
  await run(lookNow());
  const before = callsMade();
  const send = jest.spyOn(table.client, 'send');
  for (let event = 0; event < 20; event++) await run(lookNow());
  expect(callsMade()).toBe(before);
  expect(send.mock.calls.length).toBeLessThanOrEqual(20);
});

test('a look-now for an API that is not ours costs nothing at all', async () => {
  const send = jest.spyOn(table.client, 'send');
  await run(lookNow({ apiId: 'stranger00', stage: 'dev' }));
  expect(callsMade()).toBe(0);
  expect(send).not.toHaveBeenCalled();
});

test('the last event before the interval is over is seen by the look that was put off', async () => {
  await run(lookNow());
  world.now = T0 + 9_999;
  await run(lookNow());
  expect(world.lookDelays()).toEqual([1]);
  world.now = T0 + 11_000;
  await run(PUT_OFF_LOOK);
  expect(world.aws.commandCalls(GetStageCommand)).toHaveLength(2);
});

test('a message that comes twice, or after another look has stood in, is no look', async () => {
  await run(lookNow());
  await run(lookNow());
  world.now = T0 + 10_000;
  await run(lookNow());
  await run(PUT_OFF_LOOK);
  await run(PUT_OFF_LOOK);
  expect(world.aws.commandCalls(GetStageCommand)).toHaveLength(2);
});

test('a message that the clocks brought a little early is in time', async () => {
  await run(lookNow());
  await run(lookNow());
  world.now = T0 + 9_900;
  await run(PUT_OFF_LOOK);
  expect(world.aws.commandCalls(GetStageCommand)).toHaveLength(2);
});

test('alarms and look-nows share one turn; a look-now that joins an alarm may relax, the reverse may still', async () => {
  await run(ALARM);
  await run(ALARM);
  await run(lookNow());
  await run(ALARM);
  world.now = T0 + 10_000;
  await run(PUT_OFF_LOOK);
  expect(await triggers()).toEqual(['alarm', 'look-now']);
});

test('the schedule waits for nobody, and takes nobody’s turn', async () => {
  await run(lookNow());
  await run(SCHEDULE);
  await run(SCHEDULE);
  expect(await triggers()).toEqual(['look-now', 'schedule', 'schedule']);
  expect(world.lookDelays()).toEqual([]);
});

test('fifty parameters put by a script are a few looks, none of which waits for more than a second', async () => {
  for (let event = 0; event < 50; event++) {
    await run(parameter(POLICY_NAME));
    world.now += 50;
    if (world.lookDelays().length * 1000 < world.now - T0) await run(PUT_OFF_LOOK);
  }
  expect(world.aws.commandCalls(GetStageCommand).length).toBeLessThanOrEqual(4);
  expect(new Set(world.lookDelays())).toEqual(new Set([1]));
});

test('an override waits for nothing, however many there are', async () => {
  for (let event = 0; event < 3; event++) await run(parameter(OVERRIDE_NAME));
  expect(world.aws.commandCalls(GetStageCommand)).toHaveLength(3);
  expect(world.lookDelays()).toEqual([]);
});

test('an edit comes sooner than the look that was put off, and stands in for it', async () => {
  await run(lookNow());
  await run(lookNow());
  world.now = T0 + 2_000;
  await run(parameter(POLICY_NAME));
  world.now = T0 + 10_000;
  await run(PUT_OFF_LOOK);
  expect(await triggers()).toEqual(['look-now', 'parameter']);
});

test.each([
  ['a time in the year 9999', { atMs: Date.UTC(9999, 0, 1), dueMs: 0, trigger: '' }],
  ['a look to come in the year 9999', { atMs: 0, dueMs: Date.UTC(9999, 0, 1), trigger: 'alarm' }],
  ['texts', { atMs: 'then', dueMs: 'later', trigger: 7 }],
  ['nothing', {}],
])('a note of the last look that holds %s holds nobody up', async (_, item) => {
  await putItem(table, { pk: 'API#abc123def4/dev', sk: 'looks' }, item);
  await run(lookNow());
  await run(lookNow());
  expect(world.aws.commandCalls(GetStageCommand)).toHaveLength(1);
  expect(world.lookDelays()).toEqual([10]);
  expect(world.damages).toMatchObject([{ key: { sk: 'looks' } }]);
});
