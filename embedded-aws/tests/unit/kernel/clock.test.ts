import { SimulationClock } from '../../../kernel/simulation-clock.ts';

const virtualClock = async (epochMs: number) => {
  const clock = new SimulationClock({
    onError: (error) => {
      throw error;
    },
  });
  await clock.goVirtual(0, epochMs);
  return clock;
};
const EPOCH_MS = Date.UTC(2031, 0, 1);

test('running until an instant that is past moves nothing', async () => {
  const clock = await virtualClock(EPOCH_MS);
  const ran: number[] = [];
  clock.after(5000, () => void ran.push(clock.now()));
  await clock.runUntil(EPOCH_MS + 4000);
  await clock.runUntil(EPOCH_MS + 1000);
  expect(clock.now()).toBe(EPOCH_MS + 4000);
  await clock.runUntil(EPOCH_MS + 6000);
  expect(ran).toEqual([EPOCH_MS + 5000]);
});

test('a jump keeps what is left of delays and the rhythm of grids, and never leads back', async () => {
  const clock = await virtualClock(EPOCH_MS);
  const ran: string[] = [];
  clock.after(10_000, () => void ran.push('delay'));
  const stop = clock.every(60_000, 0, () => void ran.push('grid'));
  await clock.goVirtual(4000, EPOCH_MS + 90_000);
  await clock.runUntil(EPOCH_MS + 95_999);
  expect(ran).toEqual([]);
  await clock.runUntil(EPOCH_MS + 96_000);
  expect(ran).toEqual(['delay']);
  await clock.runUntil(EPOCH_MS + 120_000);
  expect(ran).toEqual(['delay', 'grid']);
  stop();
  await clock.runUntil(EPOCH_MS + 240_000);
  expect(ran).toEqual(['delay', 'grid']);
  await expect(clock.goVirtual(0, EPOCH_MS)).rejects.toThrow(RangeError);
});
