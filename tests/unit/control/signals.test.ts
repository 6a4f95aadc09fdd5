import { costOf, readSignals } from '../../../shared/law/telling/signals.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { cell, logWindow, minuteWindow } from '../../support/builders/window-sketch.ts';

const policy = policySchema.parse({
  api: 'a1/dev',
  methodCost: { '/orders/POST': 4 },
  objective: { latencyPercentile: 90 },
});

/** Ten seconds: two tiers, one of them with two methods. */
const WINDOW = {
  ...logWindow(70_000, {}),
  cells: {
    premium: {
      '/data/GET': cell({ requests: 1000, throttled: 200 }),
      '/orders/POST': cell({ requests: 100, serverErrors: 10 }),
    },
    basic: { '/data/GET': cell({ requests: 500, quotaExceeded: 300, refused: 100 }) },
  },
};
const read = () => readSignals(WINDOW, policy, 1);

test('a window is told by its source, its bounds and how late it came', () => {
  const { source, startMs, endMs, seconds, lagMs } = read();
  expect({ source, startMs, endMs, seconds, lagMs }).toEqual({
    source: 'logs',
    startMs: 70_000,
    endMs: 80_000,
    seconds: 10,
    lagMs: 8000,
  });
});

test('rates are per tier, each method at its cost; a spent quota and what the gateway refused are no load', () => {
  const signals = read();
  expect(signals.tiers).toEqual({
    premium: {
      offeredRps: 100 + 10,
      admittedRps: 80 + 10,
      throttledRps: 20,
      offeredCups: 100 + 4 * 10,
      admittedCups: 80 + 4 * 10,
    },
    basic: { offeredRps: 10, admittedRps: 10, throttledRps: 0, offeredCups: 10, admittedCups: 10 },
  });
  expect(signals.quotaExceededRps).toBe(30);
});

test('the same rates are added up per method, and in all', () => {
  const signals = read();
  expect(signals.methods).toEqual({
    '/data/GET': { offeredRps: 110, admittedRps: 90, throttledRps: 20, offeredCups: 110, admittedCups: 90 },
    '/orders/POST': { offeredRps: 10, admittedRps: 10, throttledRps: 0, offeredCups: 40, admittedCups: 40 },
  });
  expect(signals.total).toEqual({
    offeredRps: 120,
    admittedRps: 100,
    throttledRps: 20,
    offeredCups: 150,
    admittedCups: 130,
  });
  expect(signals.throttledShare).toBeCloseTo(20 / 120, 9);
});

test('of what reached the backend, errors are not completed, at the cost of their method', () => {
  const signals = read();
  expect(signals.samples).toBe(1000);
  expect(signals.errorShare).toBeCloseTo(10 / 1000, 9);
  expect(signals.completedCups).toBeCloseTo(130 - 4 * 1, 9);
});

test('the latency is that of all answers together', () => {
  const cells = {
    premium: { '/data/GET': cell({ requests: 80, latencyMs: 200 }) },
    basic: { '/data/GET': cell({ requests: 20, latencyMs: 800 }) },
  };
  // The 90th of 100 is the 10th of the 20 between 630 and 800 ms.
  expect(readSignals({ ...WINDOW, cells }, policy, 1).latencyMs).toBe((630 + 800) / 2);
});

test('a window without requests has no shares, and no latency', () => {
  const idle = readSignals(logWindow(0, {}), policy, 1);
  expect(idle).toMatchObject({ errorShare: 0, throttledShare: 0, completedCups: 0, samples: 0, latencyMs: undefined });
  expect(idle.total).toEqual({ offeredRps: 0, admittedRps: 0, throttledRps: 0, offeredCups: 0, admittedCups: 0 });
});

describe('counts that contradict each other never make a rate negative', () => {
  const totalOf = (sketch: Parameters<typeof cell>[0]) =>
    readSignals(logWindow(0, { premium: sketch }), policy, 1).total;

  test('more refused than asked', () => {
    const { offeredRps, admittedRps } = totalOf({ requests: 100, quotaExceeded: 80, refused: 40 });
    expect([offeredRps, admittedRps]).toEqual([0, 0]);
  });

  test('more throttled than asked', () => {
    const { offeredRps, admittedRps, throttledRps } = totalOf({ requests: 100, throttled: 150 });
    expect([offeredRps, admittedRps, throttledRps]).toEqual([10, 0, 10]);
  });

  test('more errors than answers: all have failed, and none was completed', () => {
    const window = logWindow(0, { premium: { requests: 100, throttled: 60, serverErrors: 70 } });
    const { errorShare, completedCups } = readSignals(window, policy, 1);
    expect([errorShare, completedCups]).toEqual([1, 0]);
  });
});

describe('the cost of a request', () => {
  test.each([
    ['/orders/POST', 4],
    ['/data/GET', 1],
    ['all', 1.6],
  ])('of %s is %d where requests cost 1.6 in the mean', (method, expected) => {
    expect(costOf(policy, method, 1.6)).toBe(expected);
  });

  test('is the mean for the minute metrics’ one method', () => {
    const window = { ...minuteWindow(0, { requests: 0 }), cells: { all: { all: cell({ requests: 6000 }) } } };
    expect(readSignals(window, policy, 1.6).total).toMatchObject({ offeredRps: 100, offeredCups: 160 });
  });
});
