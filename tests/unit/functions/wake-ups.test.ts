import { wakeUpSlots } from '../../../functions/control/send-wake-ups.ts';
import { type StartedControl, startControl, wish } from '../../support/functions/start-control.ts';
import { SCHEDULE, T0 } from '../../support/functions/world.ts';

let control: StartedControl;
beforeEach(async () => {
  control = await startControl();
});
afterEach(() => control.close());

test('the backlog of plan writes has an age: how long its oldest target has been wanted', async () => {
  control.answer = () => wish({ premium: 300 });
  await control.run(SCHEDULE);
  control.world.now += 60_000;
  control.answer = () => wish({ premium: 300, basic: 50 });
  await control.run(SCHEDULE);
  control.world.plans.planP = { rateLimit: 300, burstLimit: 50 };
  control.world.now += 60_000;
  await control.run(SCHEDULE);
  expect(control.world.metric('PlanWriteBacklog')).toEqual([1, 2, 1]);
  expect(control.world.metric('PlanWriteBacklogAgeMs')).toEqual([0, 60_000, 60_000]);
});

describe('wake-ups', () => {
  const idle = { nextWriteAtMs: 0, wokenUntilMs: 0 };

  test('are sent for each slot until the next scheduled tick', () => {
    expect(wakeUpSlots(5, idle, 23_000, T0).map((slot) => slot - T0)).toEqual([0, 23_000, 46_000]);
    expect(wakeUpSlots(1, { ...idle, nextWriteAtMs: T0 + 9_000 }, 23_000, T0)).toEqual([T0 + 9_000]);
    expect(wakeUpSlots(0, idle, 23_000, T0)).toEqual([]);
  });

  test('that are on their way are not sent again; lost ones are replaced when their slot is past', () => {
    const woken = { nextWriteAtMs: T0 + 21_000, wokenUntilMs: T0 + 23_000 };
    expect(wakeUpSlots(1, woken, 23_000, T0)).toEqual([]);
    expect(wakeUpSlots(2, woken, 23_000, T0 + 33_000).map((slot) => slot - T0)).toEqual([33_000, 56_000]);
  });

  test('that come before a plan may be written, or long after, do not count', () => {
    const slotsAt = (nextWriteMs: number, wokenUntilMs: number) =>
      wakeUpSlots(1, { nextWriteAtMs: T0 + nextWriteMs, wokenUntilMs: T0 + wokenUntilMs }, 23_000, T0).map(
        (slot) => slot - T0,
      );
    expect(slotsAt(20_000, 5_000)).toEqual([20_000]);
    expect(slotsAt(0, 11_000)).toEqual([0]);
    expect(slotsAt(0, 10_000)).toEqual([]);
  });

  test('are not sent twice by two ticks in a row, but are when one was lost', async () => {
    control.answer = () => wish({ premium: 300 });
    await control.run(SCHEDULE);
    control.world.now += 5_000;
    await control.run(SCHEDULE);
    expect(control.world.wakeUpDelays()).toEqual([0]);
    control.world.now += 60_000;
    await control.run(SCHEDULE);
    expect(control.world.wakeUpDelays()).toEqual([0, 0]);
  });
});
