import { GetStageCommand, TooManyRequestsException, UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { readControlRecord } from '../../../shared/state/control-record.ts';
import { readDesired } from '../../../shared/state/desired.ts';
import { readDirectory } from '../../../shared/state/key-directory.ts';
import { takeLease } from '../../../shared/state/lease.ts';
import { addWindowPart } from '../../../shared/state/window-store.ts';
import { emptyWindow } from '../../../shared/telemetry/windows.ts';
import { type StartedControl, startControl, wish } from '../../support/functions/start-control.ts';
import { API, CONCLUSION, POLICY_NAME, SCHEDULE, T0 } from '../../support/functions/world.ts';

let control: StartedControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(() => control.close());

describe('a tick that enforces', () => {
  test('patches the stage at once, wakes the plan writer, and records what was before and after', async () => {
    control.answer = () => ({ ...wish({ stage: 800, premium: 300 }), conclusion: { ...CONCLUSION, kind: 'brake' } });
    await control.run(SCHEDULE);
    expect(control.world.stage['*/*']).toEqual({ throttlingRateLimit: 800, throttlingBurstLimit: 40 });
    expect(control.world.plans.planP?.rateLimit).toBe(2000);
    expect((await readDesired(control.table, API))?.plans.premium).toEqual({
      planId: 'planP',
      limit: { rateRps: 300, burst: 50 },
      sinceMs: T0,
    });
    expect(control.world.wakeUpDelays()).toEqual([0]);
    expect(control.world.metric('PlanWriteBacklog')).toEqual([1]);
    expect(control.world.metric('Heartbeat')).toEqual([1]);
    expect(control.world.metric('DecisionCount')).toEqual([1]);
    const [decision] = await control.decisions();
    expect(decision).toMatchObject({
      kind: 'brake',
      mode: 'enforce',
      trigger: 'schedule',
      policy: { name: POLICY_NAME, version: 1 },
      stageOutcome: 'written',
      before: { stage: { '*/*': { rateRps: 2000 } } },
      after: { stage: { '*/*': { rateRps: 800 } }, tiers: { premium: { rateRps: 300 } } },
    });
  });

  test('gives the law its state back, and when its limits should be in force', async () => {
    control.answer = () => wish({ stage: 800 });
    await control.run(SCHEDULE);
    control.world.now += 60_000;
    await control.run(SCHEDULE);
    expect(control.inputs.map((input) => input.state)).toEqual([undefined, { seen: 1 }]);
    expect(control.inputs.map((input) => input.effective.stageMs)).toEqual([0, T0 + 10_000]);
    expect(control.world.aws.commandCalls(UpdateStageCommand)).toHaveLength(1);
    expect((await readDirectory(control.table, API)).slowMs).toBe(500);
  });

  test('shows the law every closed window once', async () => {
    const part = (startMs: number) => ({ ...emptyWindow(startMs), lagMs: 1000 });
    for (const offset of [30_000, 20_000]) await addWindowPart(control.table, API, 'b', part(T0 - offset), T0);
    await addWindowPart(control.table, API, 'b', part(T0 - 10_000), T0);
    await control.run(SCHEDULE);
    control.world.now += 20_000;
    await control.run(SCHEDULE);
    const seen = control.inputs.map((input) => input.windows.map((window) => window.startMs - T0));
    expect(seen).toEqual([[-30_000, -20_000], [-10_000]]);
  });

  test('asserts again what a deploy reset', async () => {
    control.answer = () => wish({ stage: 800 });
    await control.run(SCHEDULE);
    control.world.stage['*/*'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    control.world.now += 60_000;
    await control.run(SCHEDULE);
    expect(control.world.stage['*/*']?.throttlingRateLimit).toBe(800);
  });

  test('keeps an override in step, and drops what is no method', async () => {
    control.world.stage['orders/POST'] = { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 };
    const limit = { rateRps: 700, burst: 30 };
    control.answer = ({ live }) => ({ desired: { ...live, stage: { '*/*': limit, all: limit, unknown: limit } } });
    await control.run(SCHEDULE);
    expect(control.world.stage).toEqual({
      '*/*': { throttlingRateLimit: 700, throttlingBurstLimit: 30 },
      'orders/POST': { throttlingRateLimit: 700, throttlingBurstLimit: 30 },
    });
  });

  test('that may not write now decides anew at the next tick, from the same windows', async () => {
    control.answer = () => wish({ stage: 800 });
    control.world.aws
      .on(UpdateStageCommand)
      .rejectsOnce(new TooManyRequestsException({ $metadata: {}, message: 'slow down' }));
    await control.run(SCHEDULE);
    expect((await readControlRecord(control.table, API)).law).toBeUndefined();
    expect((await control.decisions())[0]?.stageOutcome).toBe('deferred');
    expect(control.world.metric('WritesDeferred')).toEqual([1]);
  });

  test('sees a write that reads back otherwise as a mismatch, never as done', async () => {
    control.answer = () => wish({ stage: 800 });
    control.world.aws.on(UpdateStageCommand).resolves({ methodSettings: structuredClone(control.world.stage) });
    await control.run(SCHEDULE);
    expect((await control.decisions())[0]?.stageOutcome).toBe('mismatch');
    expect(control.world.metric('WriteMismatches')).toEqual([1]);
    expect((await readControlRecord(control.table, API)).appliedStage).toBeUndefined();
  });

  test('desires plans as they will read back, so that no backlog stays that nothing can clear', async () => {
    const tiers = { premium: { rateRps: 7.000000000000001, burst: 50.7 }, basic: { rateRps: 1e6, burst: 1e6 } };
    control.answer = ({ live }) => ({ desired: { ...live, tiers } });
    await control.run(SCHEDULE);
    const plans = (await readDesired(control.table, API))?.plans;
    expect(plans?.premium?.limit).toEqual({ rateRps: 7, burst: 50 });
    expect(plans?.basic?.limit).toEqual({ rateRps: 100, burst: 200 });
  });

  test('goes on without the minute metrics', async () => {
    control.world.cloudWatch.on(GetMetricDataCommand).rejects(new Error('down'));
    await control.run(SCHEDULE);
    expect(control.inputs).toHaveLength(1);
    expect(control.world.metric('Heartbeat')).toEqual([1]);
  });

  test('fails aloud, without a beat and with the lease free, when the stage cannot be read', async () => {
    control.world.aws.on(GetStageCommand).rejects(new Error('down'));
    await expect(control.run(SCHEDULE)).rejects.toThrow('abc123def4/dev: Error: down');
    expect(control.world.metric('Heartbeat')).toEqual([]);
    expect(await takeLease(control.table, API, T0)).toBeDefined();
  });
});
