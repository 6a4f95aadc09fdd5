import fc from 'fast-check';
import { decimal } from '../../../embedded-aws/tests/support/even-decimal.ts';
import { judge } from '../../../shared/law/telling/health.ts';
import { readSignals } from '../../../shared/law/telling/signals.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { HandFedLaw } from '../../support/builders/hand-fed-law.ts';
import { type CellSketch, logWindow } from '../../support/builders/window-sketch.ts';

const CALM: Record<string, CellSketch> = { premium: { requests: 5000 }, standard: { requests: 4000 } };

function calmLaw(): HandFedLaw {
  const fed = new HandFedLaw();
  for (let start = 0; start < 120_000; start += 10_000) fed.tick(start + 20_000, [logWindow(start, CALM)]);
  return fed;
}

/** Any window of the log: from nothing to a surge, from quick to hopeless, with refusals and errors. */
const anySketch = fc
  .record({
    requests: fc.integer({ min: 0, max: 60_000 }),
    throttledShare: decimal(0, 1),
    errorShare: decimal(0, 1),
    latencyMs: fc.integer({ min: 1, max: 30_000 }),
  })
  .map(({ requests, throttledShare, errorShare, latencyMs }): CellSketch => {
    const throttled = Math.floor(requests * throttledShare);
    return { requests, throttled, serverErrors: Math.floor((requests - throttled) * errorShare), latencyMs };
  });

const windowsOf = (sketches: readonly CellSketch[]): Window[] =>
  sketches.map((premium, index) => logWindow(130_000 + 10_000 * index, { premium }));

const learned = ({ state }: HandFedLaw) => ({
  healthyLatencyMs: state?.memory.healthyLatencyMs,
  confirmed: state?.memory.confirmed,
});

test('the healthy latency and the confirmed rate are never learned from a doubted window', () => {
  fc.assert(
    fc.property(fc.array(anySketch, { minLength: 1, maxLength: 8 }), (sketches) => {
      const fed = calmLaw();
      const before = learned(fed);
      for (const window of windowsOf(sketches)) {
        const { conclusion } = fed.tick(window.startMs + 20_000, [{ ...window, doubt: 'a doubt' }]);
        expect(conclusion.reason).toContain('a doubt');
      }
      expect(learned(fed)).toEqual(before);
    }),
    { numRuns: 50 },
  );
});

test('the healthy latency and the confirmed rate are never learned during overload', () => {
  let overloads = 0;
  fc.assert(
    fc.property(fc.array(anySketch, { minLength: 1, maxLength: 8 }), (sketches) => {
      const fed = calmLaw();
      for (const window of windowsOf(sketches)) {
        const { policy } = fed.input;
        const before = learned(fed);
        const signals = readSignals(window, policy, fed.state?.memory.meanCost ?? 1);
        const health = judge(signals, fed.state?.memory.healthyLatencyMs ?? null, policy);
        fed.tick(window.startMs + 20_000, [window]);
        const isOverload = health === 'congested' || health === 'severe' || health === 'erring' || health === 'watch';
        if (!isOverload) continue;
        overloads++;
        expect(learned(fed)).toEqual(before);
      }
    }),
    { numRuns: 100 },
  );
  expect(overloads).toBeGreaterThan(20);
});
