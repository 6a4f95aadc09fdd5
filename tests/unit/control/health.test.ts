import { headroom, judge, thresholds } from '../../../shared/law/telling/health.ts';
import { readSignals, type Signals } from '../../../shared/law/telling/signals.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { logWindow } from '../../support/builders/window-sketch.ts';

const policy = policySchema.parse({
  api: 'a1/dev',
  objective: { latencyMs: 500, errorShare: 0.05 },
  tracker: {
    watchFactor: 1.4,
    congestedFactor: 3.5,
    severeFactor: 10,
    objectiveShare: 0.5,
    unreachableFactor: 1.25,
    kneeFactor: 1.25,
    minimumSamples: 20,
  },
});

describe('the latencies that divide the classes', () => {
  test.each([
    ['the objective alone, until something was learned', null, { watchMs: 500, congestedMs: 500, severeMs: 2 * 500 }],
    [
      'half of the objective for a quick backend, and watch as far below it as the factors are apart',
      20,
      { watchMs: (250 * 1.4) / 3.5, congestedMs: 0.5 * 500, severeMs: 2 * 250 },
    ],
    [
      'factors of the healthy latency in between',
      100,
      { watchMs: 1.4 * 100, congestedMs: 3.5 * 100, severeMs: 10 * 100 },
    ],
    [
      'the objective where the factor goes beyond it',
      200,
      { watchMs: 1.4 * 200, congestedMs: 500, severeMs: 10 * 200 },
    ],
    [
      'distinctly above healthy where healthy is close to the objective, and watch half way',
      450,
      { watchMs: (450 + 562.5) / 2, congestedMs: 1.25 * 450, severeMs: 10 * 450 },
    ],
  ])('%s', (_, healthyLatencyMs, expected) => {
    const { watchMs, congestedMs, severeMs } = thresholds(healthyLatencyMs, policy);
    expect(watchMs).toBeCloseTo(expected.watchMs, 9);
    expect(congestedMs).toBeCloseTo(expected.congestedMs, 9);
    expect(severeMs).toBeCloseTo(expected.severeMs, 9);
  });
});

describe('at a healthy latency of 100 ms: watch above 140, congested above 350, severe above 1000', () => {
  const window = (change: Partial<Signals>): Signals => ({
    ...readSignals(logWindow(0, { premium: { requests: 1000 } }), policy, 1),
    ...change,
  });

  test.each([
    ['healthy', 140, 0],
    ['watch', 141, 0],
    ['watch', 350, 0.05],
    ['congested', 351, 0.05],
    ['congested', 1000, 0],
    ['severe', 1001, 0],
    ['erring', 140, 0.06],
    ['erring', 350, 0.06],
    ['severe', 351, 0.06],
  ] as const)('%s: %d ms with %d of the answers errors', (expected, latencyMs, errorShare) => {
    expect(judge(window({ latencyMs, errorShare }), 100, policy)).toBe(expected);
  });

  test.each([
    ['healthy', 0],
    ['erring', 0.06],
  ] as const)('%s: no latency told, and %d of the answers errors', (expected, errorShare) => {
    expect(judge(window({ latencyMs: undefined, errorShare }), 100, policy)).toBe(expected);
  });

  test('fewer answers than the policy asks for say nothing, however bad they are', () => {
    const bad = { latencyMs: 9000, errorShare: 1 };
    expect(judge(window({ ...bad, samples: 19 }), 100, policy)).toBe('thin');
    expect(judge(window({ ...bad, samples: 20 }), 100, policy)).toBe('severe');
  });
});

describe('what is left of the way to the knee, at 125 ms for a healthy latency of 100', () => {
  test.each([
    [90, 1],
    [100, 1],
    [110, 0.6],
    [125, 0],
    [200, 0],
  ])('at %d ms %d', (latencyMs, expected) => {
    expect(headroom(latencyMs, 100, policy)).toBeCloseTo(expected, 9);
  });

  test('all of it while either latency is unknown', () => {
    expect(headroom(200, null, policy)).toBe(1);
    expect(headroom(undefined, 100, policy)).toBe(1);
  });
});
