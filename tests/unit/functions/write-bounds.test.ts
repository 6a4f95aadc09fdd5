import { GetAccountCommand, UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { readDesired } from '../../../shared/state/desired.ts';
import { type StartedControl, startControl, wish } from '../../support/functions/start-control.ts';
import { API, SCHEDULE } from '../../support/functions/world.ts';

let control: StartedControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(() => control.close());

describe('bounds', () => {
  const limit = (rateRps: number, burst = 40) => ({ rateRps, burst });

  test('nothing is written above what was deployed or the account allows, nor below the floor; the guard is named', async () => {
    control.world.policy({ mode: 'enforce', guardrails: { leastRateRps: 5 } });
    control.world.aws.on(GetAccountCommand).resolves({ throttleSettings: { rateLimit: 1500, burstLimit: 900 } });
    const tiers = { premium: limit(1e6, 1e6), basic: limit(0.01), stranger: limit(7) };
    control.answer = () => ({ desired: { stage: { '*/*': limit(1e9, 1e9), '/data/GET': limit(1) }, tiers } });
    await control.run(SCHEDULE);
    expect(control.world.stage).toMatchObject({
      '*/*': { throttlingRateLimit: 1500, throttlingBurstLimit: 900 },
      '~1data/GET': { throttlingRateLimit: 5, throttlingBurstLimit: 40 },
    });
    const plans = (await readDesired(control.table, API))?.plans;
    expect(plans).toMatchObject({ premium: { limit: limit(1500, 900) }, basic: { limit: limit(5) } });
    expect(Object.keys(plans ?? {})).toEqual(['premium', 'basic']);
    expect((await control.decisions())[0]?.guard).toBe('bounds');
    expect(control.inputs[0]?.baseline).toEqual({
      stage: limit(1500, 900),
      tiers: { premium: limit(1500, 900), basic: limit(100, 200) },
    });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'a rate of %d changes nothing',
    async (rate) => {
      control.answer = () => ({
        desired: { stage: { '*/*': limit(rate, Number.NaN) }, tiers: { basic: limit(Number.NaN) } },
      });
      await control.run(SCHEDULE);
      expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(2000);
      expect((await readDesired(control.table, API))?.plans).toEqual({});
      expect((await control.decisions())[0]?.stageOutcome).toBe('refused');
      expect(control.world.metric('WritesRefused')).toEqual([1]);
    },
  );

  test('an override whose key is no path keeps nothing from being written, and is not written over and over', async () => {
    control.world.stage['a b/GET'] = { throttlingRateLimit: 7, throttlingBurstLimit: 7 };
    control.answer = () => wish({ stage: 800 });
    await control.run(SCHEDULE);
    control.world.now += 60_000;
    await control.run(SCHEDULE);
    expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(800);
    expect(control.world.stage['a b/GET']?.throttlingRateLimit).toBe(7);
    expect(control.world.aws.commandCalls(UpdateStageCommand)).toHaveLength(1);
  });

  test('a stage whose throttle is switched off has what the account allows', async () => {
    control.world.stage['*/*'] = { throttlingRateLimit: -1, throttlingBurstLimit: -1 };
    await control.run(SCHEDULE);
    expect(control.inputs[0]?.live.stage['*/*']).toEqual(limit(10_000, 5_000));
  });

  test('an invalid limit of the stage is no ground for a decision', async () => {
    control.world.stage['*/*'] = { throttlingRateLimit: Number.NaN, throttlingBurstLimit: 5 };
    await expect(control.run(SCHEDULE)).rejects.toThrow('NaN rps, burst 5 is not a valid limit');
    expect(control.inputs).toEqual([]);
  });
});
