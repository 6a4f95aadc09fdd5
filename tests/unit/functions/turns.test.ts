import { GetStageCommand } from '@aws-sdk/client-api-gateway';
import { putItem } from '../../../shared/state/items/table.ts';
import { type StartedControl, startControl } from '../../support/functions/start-control.ts';
import { ALARM, API, OVERRIDE_NAME, POLICY_NAME, PUT_OFF_LOOK, SCHEDULE, T0 } from '../../support/functions/world.ts';

let control: StartedControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await control.close();
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

const triggers = async () => (await control.decisions()).map(({ trigger }) => trigger);

/** Everything outside the table that an event costs. */
const callsMade = () =>
  control.world.aws.calls().length + control.world.ssm.calls().length + control.world.cloudWatch.calls().length;

test('a flood of look-nows is one look, and one more when ten seconds are over', async () => {
  for (let event = 0; event < 50; event++) {
    await control.run(lookNow());
    control.world.now += 100;
  }
  expect(control.world.aws.commandCalls(GetStageCommand)).toHaveLength(1);
  expect(control.world.lookDelays()).toEqual([10]);
  control.world.now = T0 + 10_100;
  await control.run(PUT_OFF_LOOK);
  expect(await triggers()).toEqual(['look-now', 'look-now']);
});

test('whoever comes too early costs no parameter and no management call, and two calls of the table at most', async () => {
  await control.run(lookNow());
  await control.run(lookNow());
  const before = callsMade();
  const send = jest.spyOn(control.table.client, 'send');
  for (let event = 0; event < 20; event++) await control.run(lookNow());
  expect(callsMade()).toBe(before);
  expect(send.mock.calls.length).toBeLessThanOrEqual(20);
});

test('a look-now for an API that is not ours costs nothing at all', async () => {
  const send = jest.spyOn(control.table.client, 'send');
  await control.run(lookNow({ apiId: 'stranger00', stage: 'dev' }));
  expect(callsMade()).toBe(0);
  expect(send).not.toHaveBeenCalled();
});

test('the last event before the interval is over is seen by the look that was put off', async () => {
  await control.run(lookNow());
  control.world.now = T0 + 9_999;
  await control.run(lookNow());
  expect(control.world.lookDelays()).toEqual([1]);
  control.world.now = T0 + 11_000;
  await control.run(PUT_OFF_LOOK);
  expect(control.world.aws.commandCalls(GetStageCommand)).toHaveLength(2);
});

test('a message that comes twice, or after another look has stood in, is no look', async () => {
  await control.run(lookNow());
  await control.run(lookNow());
  control.world.now = T0 + 10_000;
  await control.run(lookNow());
  await control.run(PUT_OFF_LOOK);
  await control.run(PUT_OFF_LOOK);
  expect(control.world.aws.commandCalls(GetStageCommand)).toHaveLength(2);
});

test('a message that the clocks brought a little early is in time', async () => {
  await control.run(lookNow());
  await control.run(lookNow());
  control.world.now = T0 + 9_900;
  await control.run(PUT_OFF_LOOK);
  expect(control.world.aws.commandCalls(GetStageCommand)).toHaveLength(2);
});

test('alarms and look-nows share one turn; a look-now that joins an alarm may relax, the reverse may still', async () => {
  await control.run(ALARM);
  await control.run(ALARM);
  await control.run(lookNow());
  await control.run(ALARM);
  control.world.now = T0 + 10_000;
  await control.run(PUT_OFF_LOOK);
  expect(await triggers()).toEqual(['alarm', 'look-now']);
});

test('the schedule waits for nobody, and takes nobody’s turn', async () => {
  await control.run(lookNow());
  await control.run(SCHEDULE);
  await control.run(SCHEDULE);
  expect(await triggers()).toEqual(['look-now', 'schedule', 'schedule']);
  expect(control.world.lookDelays()).toEqual([]);
});

test('fifty parameters put by a script are a few looks, none of which waits for more than a second', async () => {
  for (let event = 0; event < 50; event++) {
    await control.run(parameter(POLICY_NAME));
    control.world.now += 50;
    if (control.world.lookDelays().length * 1000 < control.world.now - T0) await control.run(PUT_OFF_LOOK);
  }
  expect(control.world.aws.commandCalls(GetStageCommand).length).toBeLessThanOrEqual(4);
  expect(new Set(control.world.lookDelays())).toEqual(new Set([1]));
});

test('an override waits for nothing, however many there are', async () => {
  for (let event = 0; event < 3; event++) await control.run(parameter(OVERRIDE_NAME));
  expect(control.world.aws.commandCalls(GetStageCommand)).toHaveLength(3);
  expect(control.world.lookDelays()).toEqual([]);
});

test('an edit comes sooner than the look that was put off, and stands in for it', async () => {
  await control.run(lookNow());
  await control.run(lookNow());
  control.world.now = T0 + 2_000;
  await control.run(parameter(POLICY_NAME));
  control.world.now = T0 + 10_000;
  await control.run(PUT_OFF_LOOK);
  expect(await triggers()).toEqual(['look-now', 'parameter']);
});

test.each([
  ['a time in the year 9999', { atMs: Date.UTC(9999, 0, 1), dueMs: 0, trigger: '' }],
  ['a look to come in the year 9999', { atMs: 0, dueMs: Date.UTC(9999, 0, 1), trigger: 'alarm' }],
  ['texts', { atMs: 'then', dueMs: 'later', trigger: 7 }],
  ['nothing', {}],
])('a note of the last look that holds %s holds nobody up', async (_, item) => {
  await putItem(control.table, { pk: 'API#abc123def4/dev', sk: 'looks' }, item);
  await control.run(lookNow());
  await control.run(lookNow());
  expect(control.world.aws.commandCalls(GetStageCommand)).toHaveLength(1);
  expect(control.world.lookDelays()).toEqual([10]);
  expect(control.world.damages).toMatchObject([{ key: { sk: 'looks' } }]);
});

describe('an event that comes during a look', () => {
  /** Does this during the look of that number, before the look decides. */
  function duringLook(number: number, happens: () => Promise<void>): void {
    let looks = 0;
    control.world.aws.on(GetStageCommand).callsFake(async () => {
      looks += 1;
      if (looks === number) await happens();
      else if (looks < number) await control.run(SCHEDULE);
      return { methodSettings: structuredClone(control.world.stage) };
    });
  }
  const putKill = async () => {
    control.world.override({ action: 'kill' });
    await control.run(parameter(OVERRIDE_NAME));
  };
  const stageRate = () => control.world.stage['*/*']?.throttlingRateLimit;

  test('is seen by the next look of the same holder', async () => {
    duringLook(1, putKill);
    await control.run(SCHEDULE);
    expect(stageRate()).toBe(100);
    expect(control.world.lookDelays()).toEqual([]);
  });

  test('is seen a second later if the holder looks no more: a kill never waits for the schedule', async () => {
    duringLook(3, putKill);
    await control.run(SCHEDULE);
    expect(stageRate()).toBe(2000);
    expect(control.world.lookDelays()).toEqual([1]);
    control.world.now += 1_000;
    await control.run(PUT_OFF_LOOK);
    expect(stageRate()).toBe(100);
    expect((await triggers()).at(-1)).toBe('parameter');
  });

  test('is seen a second later if the look ends in an error', async () => {
    duringLook(1, async () => {
      await putKill();
      throw new Error('down');
    });
    await expect(control.run(SCHEDULE)).rejects.toThrow('down');
    expect(control.world.lookDelays()).toEqual([1]);
    control.world.now += 1_000;
    await control.run(PUT_OFF_LOOK);
    expect(stageRate()).toBe(100);
  });

  test('is seen by the schedule if no look can be sent, and the error of the queue is only logged', async () => {
    control.world.queue.rejects(new Error('SQS is down.'));
    duringLook(3, putKill);
    await control.run(SCHEDULE);
    expect(control.world.logged.join()).toContain('SQS is down.');
    await control.run(SCHEDULE);
    expect(stageRate()).toBe(100);
  });
});
