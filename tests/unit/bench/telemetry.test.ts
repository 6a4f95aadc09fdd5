import { SimulationClock } from '@tidegate/embedded-aws/kernel';
import type { TelemetryMode } from '../../../bench/loop/bench-telemetry.ts';
import { benchTelemetry } from '../../../bench/loop/create-telemetry.ts';
import { USUAL_DELAYS } from '../../../bench/loop/delays.ts';
import type { TelemetryTrouble } from '../../../bench/scenarios/bench-scenario.ts';
import { randomStreams } from '../../../rehearsal/world/random-streams.ts';

const EPOCH_MS = Date.UTC(2031, 0, 1);
const WINDOW = 10_000;

async function listen(mode: TelemetryMode, trouble: TelemetryTrouble = { lost: [], late: [] }, windowAgeFactor = 1) {
  const clock = new SimulationClock({
    onError: (error) => {
      throw error;
    },
  });
  await clock.goVirtual(0, EPOCH_MS);
  const nudges: number[] = [];
  const telemetry = benchTelemetry(mode, {
    clock,
    random: randomStreams(1),
    tierOf: new Map([['key-1', 'premium']]),
    slowMs: 500,
    meteredMethods: ['/orders/POST'],
    startMs: EPOCH_MS,
    trouble,
    delays: { ...USUAL_DELAYS, windowAgeFactor },
    onNudge: () => nudges.push((clock.now() - EPOCH_MS) / 1000),
  });
  // One request a second, answered 200 ms later; every tenth is refused.
  clock.every(1000, 0, () => {
    const endMs = clock.now();
    const isRefused = endMs % WINDOW === 0;
    const request = { keyId: 'key-1', verb: 'GET', path: '/data', startMs: endMs - 200, endMs };
    telemetry.add([
      isRefused
        ? { ...request, status: 429, errorType: 'THROTTLED' }
        : { ...request, status: 200, integrationLatencyMs: 200, backendStatus: 200 },
    ]);
  });
  const startsUpTo = async (second: number) => {
    await clock.runUntil(EPOCH_MS + second * 1000);
    return telemetry.windowsAfter(0).map(({ startMs }) => (startMs - EPOCH_MS) / 1000);
  };
  return { telemetry, nudges, startsUpTo };
}

test('a window can be read, whole, exactly so long after its end, and control is nudged then', async () => {
  const { telemetry, nudges, startsUpTo } = await listen({ kind: 'windows', ageSeconds: 30 });
  expect(await startsUpTo(49.9)).toEqual([0]);
  expect(await startsUpTo(50)).toEqual([0, 10]);
  expect(nudges).toEqual([40, 50]);
  const [, second] = telemetry.windowsAfter(0);
  expect(second?.cells.premium?.['/data/GET']).toMatchObject({ requests: 10, throttled: 1 });
  expect(second?.keys['key-1']).toMatchObject({ tier: 'premium', throttled: 1 });
});

test('windows that begin in a spell of loss never come, windows that end in a spell of delay come later', async () => {
  const trouble = { lost: [{ from: 10, to: 20, share: 1 }], late: [{ from: 30, to: 40, extraSeconds: 25 }] };
  const { startsUpTo } = await listen({ kind: 'windows', ageSeconds: 10 }, trouble);
  expect(await startsUpTo(60)).toEqual([0, 30, 40]);
  expect(await startsUpTo(65)).toEqual([0, 20, 30, 40]);
});

test('a minute of metrics comes one to three minutes after its end, without tiers and keys', async () => {
  const { telemetry, nudges, startsUpTo } = await listen({ kind: 'minutes' });
  expect(await startsUpTo(119)).toEqual([]);
  expect(await startsUpTo(241)).toContain(0);
  const [first] = telemetry.windowsAfter(0);
  expect(first).toMatchObject({ source: 'metrics', lengthMs: 60_000, keys: {} });
  expect(Object.values(first?.cells.all ?? {})).toMatchObject([{ throttled: 5, serverErrors: 0 }]);
  expect(nudges).toEqual([]);
});

test('who does not look gets nothing', async () => {
  const { startsUpTo } = await listen({ kind: 'none' });
  expect(await startsUpTo(120)).toEqual([]);
});

test('windows are older than a law expects where a run has it so', async () => {
  const { startsUpTo } = await listen({ kind: 'windows', ageSeconds: 10 }, undefined, 1.5);
  expect(await startsUpTo(24)).toEqual([]);
  expect(await startsUpTo(26)).toEqual([0]);
});
