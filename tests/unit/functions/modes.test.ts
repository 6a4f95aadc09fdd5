import { UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { readDesired } from '../../../shared/state/desired.ts';
import { type StartedControl, startControl, wish } from '../../support/functions/start-control.ts';
import { API, CONCLUSION, SCHEDULE } from '../../support/functions/world.ts';

let control: StartedControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(() => control.close());

describe('other modes', () => {
  test.each(['shadow', 'advise'])('%s decides and records, and changes nothing', async (mode) => {
    control.world.policy({ mode });
    control.answer = () => ({ ...wish({ stage: 800, premium: 300 }), conclusion: { ...CONCLUSION, kind: 'brake' } });
    await control.run(SCHEDULE);
    expect(control.world.aws.commandCalls(UpdateStageCommand)).toHaveLength(0);
    expect(await readDesired(control.table, API)).toBeUndefined();
    expect(control.world.wakeUpDelays()).toEqual([]);
    expect((await control.decisions())[0]).toMatchObject({ kind: 'brake', mode, stageOutcome: 'not-enforced' });
    expect(control.world.announced().map(({ type }) => type)).toEqual(mode === 'advise' ? ['Tidegate Decision'] : []);
    expect(control.world.metric('Heartbeat')).toEqual([1]);
  });

  test('leaving enforce calls back the plan writes that are under way', async () => {
    control.answer = () => wish({ premium: 300 });
    await control.run(SCHEDULE);
    control.world.policy({ mode: 'shadow' }, 2);
    await control.run(SCHEDULE);
    expect(await readDesired(control.table, API)).toBeUndefined();
  });

  test.each(['pause', 'PAUSE', 'oops'])('the switch at %s holds everything, and control still beats', async (value) => {
    control.answer = () => wish({ premium: 300 });
    await control.run(SCHEDULE);
    control.world.switch = value;
    control.world.now += 60_000;
    await control.run(SCHEDULE);
    expect(control.inputs).toHaveLength(1);
    expect(await readDesired(control.table, API)).toBeUndefined();
    expect((await control.decisions())[1]).toMatchObject({ kind: 'hold', rule: 'paused', mode: 'paused' });
    expect(control.world.metric('Heartbeat')).toEqual([1, 1]);
  });

  test('no switch at all is run; one that cannot be read stays where it was', async () => {
    control.world.switch = undefined;
    await control.run(SCHEDULE);
    expect(control.inputs).toHaveLength(1);
    control.world.ssm.on(GetParameterCommand).resolves({ Parameter: { Name: 's', Value: 'pause', Version: 2 } });
    await control.run(SCHEDULE);
    control.world.ssm.on(GetParameterCommand).rejects(new Error('down'));
    await control.run(SCHEDULE);
    expect(control.inputs).toHaveLength(1);
  });
});
