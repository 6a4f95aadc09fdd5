import { claimWakeUps, postponePlanSlot, readPlanLease, takePlanSlot } from '../../../shared/state/plan-lease.ts';
import { type LocalTable, localTable } from '../../support/functions/local-table.ts';

const T0 = Date.UTC(2031, 0, 1);
let table: LocalTable;

beforeEach(async () => {
  table = await localTable();
});
afterEach(async () => {
  await table.close();
});

test('before the first plan write the slot is free and no wake-up is on its way', async () => {
  expect(await readPlanLease(table, 21_000)).toEqual({ nextWriteAtMs: 0, wokenUntilMs: 0 });
});

test('the slot for plan writes is one per interval, to the millisecond', async () => {
  expect(await takePlanSlot(table, T0, 21_000)).toBe(true);
  expect(await takePlanSlot(table, T0 + 20_999, 21_000)).toBe(false);
  expect(await readPlanLease(table, 21_000)).toEqual({ nextWriteAtMs: T0 + 21_000, wokenUntilMs: 0 });
  expect(await takePlanSlot(table, T0 + 21_000, 21_000)).toBe(true);
});

describe('leaving the slot to others', () => {
  test('holds also before the first write', async () => {
    await postponePlanSlot(table, T0, { waitMs: 55_000, intervalMs: 21_000 });
    expect((await readPlanLease(table, 21_000)).nextWriteAtMs).toBe(T0 + 55_000);
    expect(await takePlanSlot(table, T0 + 54_999, 21_000)).toBe(false);
  });

  test('only ever takes longer: who was told to stay away for longer stays away', async () => {
    await postponePlanSlot(table, T0, { waitMs: 90_000, intervalMs: 21_000 });
    await postponePlanSlot(table, T0, { waitMs: 55_000, intervalMs: 21_000 });
    expect((await readPlanLease(table, 21_000)).nextWriteAtMs).toBe(T0 + 90_000);
    await postponePlanSlot(table, T0, { waitMs: 120_000, intervalMs: 21_000 });
    expect((await readPlanLease(table, 21_000)).nextWriteAtMs).toBe(T0 + 120_000);
  });
});

test('of two who saw the same backlog one sends the wake-ups; the next backlog is for all again', async () => {
  const before = await readPlanLease(table, 21_000);
  expect(await claimWakeUps(table, before, T0 + 5, T0)).toBe(true);
  expect(await claimWakeUps(table, before, T0 + 9, T0)).toBe(false);
  const after = await readPlanLease(table, 21_000);
  expect(after).toEqual({ nextWriteAtMs: 0, wokenUntilMs: T0 + 5 });
  expect(await claimWakeUps(table, after, T0 + 9, T0)).toBe(true);
  expect((await readPlanLease(table, 21_000)).wokenUntilMs).toBe(T0 + 9);
});
