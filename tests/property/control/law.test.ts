import fc from 'fast-check';
import { decimal } from '../../../embedded-aws/tests/support/even-decimal.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { DEPLOYED, HandFedLaw } from '../../support/builders/hand-fed-law.ts';
import { logWindow, minuteWindow } from '../../support/builders/window-sketch.ts';

const count = fc.integer({ min: 0, max: 60_000 });
const sketch = fc
  .record({
    requests: count,
    refusedPart: decimal(0, 1),
    errorPart: decimal(0, 1),
    latencyMs: fc.integer({ min: 1, max: 30_000 }),
  })
  .map(({ requests, refusedPart, errorPart, latencyMs }) => {
    const throttled = Math.floor(requests * refusedPart);
    return { requests, throttled, serverErrors: Math.floor((requests - throttled) * errorPart), latencyMs };
  });
const tiers = fc.record({ premium: sketch, standard: sketch, basic: sketch, unknown: sketch });
const step = fc.record({
  tiers,
  gapWindows: fc.integer({ min: 0, max: 20 }),
  isMinute: fc.boolean(),
  settleMs: fc.integer({ min: 0, max: 60_000 }),
});

/** Plays steps against the law and hands every tick to `check`. */
function playing(
  check: (
    fed: HandFedLaw,
    window: Window | undefined,
    before: HandFedLaw['state'],
    output: ReturnType<HandFedLaw['tick']>,
  ) => void,
) {
  return fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
    const fed = new HandFedLaw();
    let start = 0;
    for (const { tiers: sketches, gapWindows, isMinute, settleMs } of steps) {
      start += 60_000 + gapWindows * 10_000;
      const window = isMinute ? minuteWindow(start, sketches.premium) : logWindow(start, sketches);
      const now = start + window.lengthMs + 10_000;
      fed.input = { ...fed.input, effective: { stageMs: now - settleMs, tiersMs: {} } };
      const before = fed.state;
      const given = gapWindows === 7 ? undefined : window;
      check(fed, given, before, fed.tick(now, given === undefined ? [] : [given]));
    }
  });
}

test('whatever is seen: limits are finite, within the baselines, whole in bursts, and the state is plain JSON', () => {
  fc.assert(
    playing((fed, _window, _before, { desired, conclusion, state }) => {
      const { leastRateRps } = fed.input.policy.guardrails;
      for (const [key, limit] of [...Object.entries(desired.stage), ...Object.entries(desired.tiers)]) {
        const most = DEPLOYED.tiers[key] ?? DEPLOYED.stage;
        expect(limit.rateRps).toBeGreaterThanOrEqual(leastRateRps);
        expect(limit.rateRps).toBeLessThanOrEqual(most.rateRps);
        expect(Number.isInteger(limit.burst) && limit.burst >= 1 && limit.burst <= most.burst).toBe(true);
      }
      expect(Object.values(conclusion.estimates).every(Number.isFinite)).toBe(true);
      expect(conclusion.reason).not.toMatch(/NaN|undefined|Infinity/);
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    }),
    { numRuns: 60 },
  );
});

test('without a new window nothing is decided, and a window is never acted on twice', () => {
  fc.assert(
    playing((fed, window, _before, { state, desired }) => {
      // Minute metrics that the log still outranks may be heard later.
      if (window?.source !== 'logs') return;
      const again = fed.tick(fed.input.now + 1000, [window]);
      expect(again.conclusion.kind).toBe('hold');
      expect(again.state.tracker).toEqual(state.tracker);
      expect(again.desired.tiers).toEqual(desired.tiers);
    }),
    { numRuns: 40 },
  );
});

test('the total is never raised on a window that began before the last change took effect', () => {
  fc.assert(
    playing((fed, window, before, { state }) => {
      const from = before?.tracker.totalCups;
      const to = state.tracker.totalCups;
      if (window === undefined || from === null || from === undefined || to === null || to <= from) return;
      // The end of a drain returns to what was known to be good; it is due when the backlog's time is over.
      if (before?.tracker.phase === 'drain' && to <= (state.tracker.goodCups ?? 0)) return;
      // Once the change has been in force, later writes that only follow demand do not matter.
      const inForceMs = before?.tracker.stageSinceMs ?? fed.input.effective.stageMs;
      const toleranceMs =
        window.source === 'metrics'
          ? 1000 * fed.input.policy.minutes.toleranceSeconds
          : 1000 * fed.input.policy.tracker.freshToleranceSeconds;
      expect(window.startMs + toleranceMs).toBeGreaterThanOrEqual(inForceMs);
      expect(window.startMs + toleranceMs).toBeGreaterThanOrEqual(before?.tracker.lastActionMs ?? 0);
    }),
    { numRuns: 60 },
  );
});

test('ten thousand keys leave a state of bounded size', () => {
  const fed = new HandFedLaw();
  const keys = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [
      `key-${index}`,
      { tier: index % 2 === 0 ? 'basic' : 'standard', requests: { '/data/GET': 1 + (index % 50) }, throttled: 0 },
    ]),
  );
  const sketches = { basic: { requests: 125_000 }, standard: { requests: 130_000 } };
  for (let start = 0; start < 100_000; start += 10_000) fed.tick(start + 20_000, [logWindow(start, sketches, keys)]);
  expect(Object.keys(fed.state?.memory.demand ?? {}).length).toBeLessThanOrEqual(1000);
  expect(JSON.stringify(fed.state).length).toBeLessThan(200_000);
});
