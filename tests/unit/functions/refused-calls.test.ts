import {
  ConflictException,
  GetStageCommand,
  GetUsagePlansCommand,
  TooManyRequestsException,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { type StartedControl, startControl, wish } from '../../support/functions/start-control.ts';
import { SCHEDULE } from '../../support/functions/world.ts';

let control: StartedControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(() => control.close());

describe('when AWS refuses a management call', () => {
  const refusal = () => new TooManyRequestsException({ $metadata: {}, message: 'slow down' });

  test.each([
    ['throttled', refusal()],
    ['in conflict', new ConflictException({ $metadata: {}, message: 'busy' })],
  ])('a write that is %s leaves the next whole tick to others', async (_, error) => {
    control.answer = () => wish({ stage: 800 });
    const written = { methodSettings: { '*/*': { throttlingRateLimit: 800, throttlingBurstLimit: 40 } } };
    control.world.aws.on(UpdateStageCommand).rejectsOnce(error).resolves(written);
    await control.run(SCHEDULE);
    control.world.now += 30_000;
    await control.run(SCHEDULE);
    expect(control.world.aws.commandCalls(GetStageCommand)).toHaveLength(1);
    expect((await control.decisions()).at(-1)).toMatchObject({
      kind: 'hold',
      rule: 'management-crowded',
      stageOutcome: 'deferred',
    });
    control.world.now += 30_000;
    await control.run(SCHEDULE);
    expect((await control.decisions()).at(-1)?.stageOutcome).toBe('written');
  });

  test('a reading that is refused is a hold, recorded; the tick did not come to its end, and the heart does not beat', async () => {
    control.world.aws.on(GetStageCommand).rejects(refusal());
    await control.run(SCHEDULE);
    expect((await control.decisions())[0]).toMatchObject({ kind: 'hold', rule: 'management-crowded' });
    expect(control.world.metric('Heartbeat')).toEqual([]);
  });

  test('the backlog is not counted either, and nothing fails', async () => {
    control.answer = () => wish({ premium: 300 });
    const plans = { items: Object.entries(control.world.plans).map(([id, throttle]) => ({ id, throttle })) };
    control.world.aws.on(GetUsagePlansCommand).resolvesOnce(plans).rejects(refusal());
    await control.run(SCHEDULE);
    expect(control.world.metric('PlanWriteBacklog')).toEqual([]);
    expect(control.world.metric('Heartbeat')).toEqual([1]);
  });
});
