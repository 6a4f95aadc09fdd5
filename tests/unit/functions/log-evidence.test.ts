import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { addWindowPart } from '../../../shared/state/window-store.ts';
import { emptyWindow } from '../../../shared/telemetry/windows.ts';
import { type StartedControl, startControl } from '../../support/functions/start-control.ts';
import { API, SCHEDULE, T0 } from '../../support/functions/world.ts';

let control: StartedControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(() => control.close());

describe('the heartbeat of the telemetry', () => {
  const MINUTE = 60_000;
  const part = (startMs: number) => ({ ...emptyWindow(startMs), lagMs: 1000 });

  test('no request and no line is idleness; the law is told up to when', async () => {
    control.world.counts({});
    await control.run(SCHEDULE);
    expect(control.inputs[0]?.heartbeat).toEqual({ kind: 'idle', accountedUntilMs: T0 - 3 * MINUTE });
    expect((await control.decisions())[0]?.evidence).toMatchObject({ heartbeat: 'idle', doubts: [] });
  });

  test('requests without a line are traffic that the log does not show, as soon as AWS has said so', async () => {
    await addWindowPart(control.table, API, 'b', part(T0 - 6 * MINUTE), T0);
    control.world.counts({ [T0 - 2 * MINUTE]: { counted: 20, logged: 0 } });
    await control.run(SCHEDULE);
    expect(control.inputs[0]?.heartbeat).toEqual({ kind: 'traffic', accountedUntilMs: T0 - 3 * MINUTE });
  });

  test('a log that lacks lines is doubted, its windows with it, and the decision says why', async () => {
    const minutes = Array.from({ length: 10 }, (_, ago) => [T0 - (ago + 1) * MINUTE, { counted: 900, logged: 450 }]);
    control.world.counts(Object.fromEntries(minutes));
    await addWindowPart(control.table, API, 'b', part(T0 - 30_000), T0);
    await control.run(SCHEDULE);
    const doubt = 'the log shows 450 requests of a minute, AWS counted 900';
    expect(control.inputs[0]?.windows.filter(({ source }) => source === 'logs')).toMatchObject([{ doubt }]);
    expect(control.inputs[0]?.heartbeat?.kind).toBe('traffic');
    expect((await control.decisions())[0]?.evidence).toMatchObject({ heartbeat: 'traffic', doubts: [doubt] });
  });

  test('when CloudWatch does not answer nobody knows', async () => {
    control.world.cloudWatch.on(GetMetricDataCommand).rejects(new Error('down'));
    await control.run(SCHEDULE);
    expect(control.inputs[0]?.heartbeat).toBeUndefined();
    expect((await control.decisions())[0]?.evidence.heartbeat).toBe('unknown');
  });

  test('CloudWatch is asked once for each minute that settles, and again at once when it failed', async () => {
    control.world.cloudWatch
      .on(GetMetricDataCommand)
      .rejectsOnce(new Error('down'))
      .resolves({ MetricDataResults: [] });
    for (const afterMs of [0, 1_000, 10_000, 20_000, 60_000]) {
      control.world.now = T0 + afterMs;
      await control.run(SCHEDULE);
    }
    expect(control.world.cloudWatch.commandCalls(GetMetricDataCommand)).toHaveLength(3);
  });
});
