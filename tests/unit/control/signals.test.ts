import { judge, thresholds } from '../../../shared/control/health.ts';
import { percentileMs } from '../../../shared/control/histogram.ts';
import { readSignals } from '../../../shared/control/signals.ts';
import { plantPolicy } from '../../support/plant/plant.ts';
import { cell, logWindow } from '../../support/plant/windows.ts';

const policy = plantPolicy();

test('rates by tier and method, in requests and in cost', () => {
  const window = {
    ...logWindow(0, {}),
    cells: {
      premium: {
        '/data/GET': cell({ requests: 1000, throttled: 200 }),
        '/orders/POST': cell({ requests: 100, serverErrors: 10 }),
      },
      basic: { '/data/GET': cell({ requests: 500, quotaExceeded: 300, refused: 100 }) },
    },
  };
  const signals = readSignals(window, policy, 1);
  expect(signals.total).toMatchObject({ offeredRps: 120, admittedRps: 100, throttledRps: 20 });
  expect(signals.total.admittedCups).toBeCloseTo(130);
  expect(signals.completedCups).toBeCloseTo(126);
  expect(signals.tiers.basic?.offeredRps).toBe(10);
  expect(signals.methods['/orders/POST']?.offeredCups).toBe(40);
  expect(signals.errorShare).toBeCloseTo(0.01);
  expect(signals.quotaExceededRps).toBe(30);
  expect(signals.samples).toBeCloseTo(1000);
});

test('percentiles are read within the bucket; the open bucket answers with its bound', () => {
  expect(percentileMs([], 90)).toBeUndefined();
  expect(percentileMs([0, 0, 0], 90)).toBeUndefined();
  expect(percentileMs([10], 50)).toBe(5);
  expect(percentileMs([0, 10], 100)).toBe(20);
  expect(percentileMs([50, 50], 75)).toBe(15);
  expect(percentileMs([...Array(24).fill(0), 3], 90)).toBe(30_000);
});

const of = (latencyMs: number, serverErrors = 0, requests = 1000) =>
  readSignals(logWindow(0, { premium: { requests, latencyMs, serverErrors } }), policy, 1);

test.each([
  ['healthy', of(200)],
  ['watch', of(400)],
  ['congested', of(800)],
  ['severe', of(800, 100)],
  ['severe', of(8000)],
  ['erring', of(200, 100)],
  ['thin', of(200, 0, 10)],
] as const)('%s', (expected, signals) => {
  expect(judge(signals, 195, policy)).toBe(expected);
});

test('an objective below the healthy latency does not mean congestion for ever', () => {
  const { watchMs, congestedMs } = thresholds(600, policy);
  expect(congestedMs).toBe(750);
  expect(watchMs).toBeLessThan(congestedMs);
  expect(watchMs).toBeGreaterThan(600);
});

test('a fast backend may slow down a little without alarm, and without a baseline the objective decides', () => {
  expect(thresholds(20, policy).congestedMs).toBe(250);
  expect(thresholds(null, policy)).toEqual({ watchMs: 500, congestedMs: 500, severeMs: 1000 });
});
