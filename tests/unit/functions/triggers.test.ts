import { UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { readTrigger } from '../../../functions/control/control-trigger.ts';
import { readControlRecord } from '../../../shared/state/control-record.ts';
import { readDesired } from '../../../shared/state/desired.ts';
import { queryItems } from '../../../shared/state/items/table.ts';
import { takeLease } from '../../../shared/state/lease.ts';
import { type StartedControl, startControl, wish } from '../../support/functions/start-control.ts';
import { ALARM, API, CONCLUSION, SCHEDULE, T0 } from '../../support/functions/world.ts';

let control: StartedControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(() => control.close());

describe('an alarm', () => {
  test('may tighten', async () => {
    control.answer = () => wish({ stage: 800 });
    await control.run(ALARM);
    expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(800);
  });

  test('never relaxes: raises are clipped and the guard is named', async () => {
    control.world.stage['*/*'] = { throttlingRateLimit: 1000, throttlingBurstLimit: 30 };
    control.answer = () => wish({ stage: 1500, basic: 50 });
    await control.run(ALARM);
    expect(
      control.world.aws.commandCalls(UpdateStageCommand).flatMap((call) => call.args[0].input.patchOperations),
    ).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ path: '/*/*/throttling/rateLimit', value: '1500' })]),
    );
    expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(1000);
    expect((await readDesired(control.table, API))?.plans.basic?.limit.rateRps).toBe(50);
    expect((await control.decisions())[0]?.guard).toBe('alarm-never-relaxes');
  });

  test('that only called for raises leaves the decision to the next scheduled tick', async () => {
    control.world.stage['*/*'] = { throttlingRateLimit: 1000, throttlingBurstLimit: 30 };
    const stage = { '*/*': { rateRps: 1500, burst: 40 } };
    control.answer = ({ live }) => ({ desired: { ...live, stage }, conclusion: { ...CONCLUSION, kind: 'relax' } });
    await control.run(ALARM);
    expect((await control.decisions())[0]).toMatchObject({
      kind: 'hold',
      guard: 'alarm-never-relaxes',
      stageOutcome: 'unchanged',
    });
    expect((await readControlRecord(control.table, API)).law).toBeUndefined();
    control.world.now += 1_000;
    await control.run(SCHEDULE);
    expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(1500);
  });

  test('and every other trigger is told by its form; anything else may not relax either', () => {
    const lookNow = {
      source: 'tidegate.telemetry',
      'detail-type': 'Tidegate Look Now',
      detail: { ...API, reason: 'r' },
    };
    const parameter = {
      source: 'aws.ssm',
      'detail-type': 'Parameter Store Change',
      detail: { name: 'n', operation: 'Update' },
    };
    const triggers = [SCHEDULE, ALARM, lookNow, parameter, {}, null, 'text', { ...lookNow, detail: {} }].map(
      readTrigger,
    );
    expect(triggers).toEqual([
      'schedule',
      'alarm',
      'look-now',
      'parameter',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });
});

describe('overlapping triggers', () => {
  test('who finds the lease taken leaves word; the holder looks once more', async () => {
    let nested: Promise<void> | undefined;
    control.answer = () => {
      nested ??= control.run(SCHEDULE);
      return {};
    };
    control.world.aws.on(UpdateStageCommand).callsFake(async () => ({ methodSettings: control.world.stage }));
    await control.run(SCHEDULE);
    await nested;
    const fences = (await queryItems(control.table, 'API#abc123def4/dev')).find(({ sk }) => sk === 'lease')?.fence;
    expect(control.inputs.length).toBe(2);
    expect(fences === 1 || fences === 2).toBe(true);
  });

  test('a schedule that comes while an alarm is at work is looked at as a schedule', async () => {
    let nested: Promise<void> | undefined;
    control.answer = () => {
      nested ??= control.run(SCHEDULE);
      return {};
    };
    await control.run(ALARM);
    await nested;
    expect((await control.decisions()).map(({ trigger }) => trigger)).toEqual(['alarm', 'schedule']);
  });

  test('a word left just as the holder lets go is not lost', async () => {
    const send = control.table.client.send.bind(control.table.client);
    let isLetGo = false;
    jest.spyOn(control.table.client, 'send').mockImplementation(async (command: { input: unknown }) => {
      if (!isLetGo && JSON.stringify(command.input).includes(':zero')) {
        isLetGo = true;
        expect(await takeLease(control.table, API, T0)).toBeUndefined();
      }
      return await send(command as Parameters<typeof send>[0]);
    });
    await control.run(SCHEDULE);
    expect(isLetGo).toBe(true);
    expect(control.inputs).toHaveLength(2);
    expect(await takeLease(control.table, API, T0)).toBeDefined();
  });

  test('a lease that somebody holds is respected', async () => {
    await takeLease(control.table, API, T0);
    await control.run(SCHEDULE);
    expect(control.inputs).toHaveLength(0);
    expect(await control.decisions()).toEqual([]);
  });
});
