import { law } from '../../../shared/law/law.ts';
import { initialState } from '../../../shared/law/state.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { inputOf, LIVE } from '../../support/builders/law-input.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { logWindow } from '../../support/builders/window-sketch.ts';

const NOW = 780_000;

describe('a law that has seen no window', () => {
  const state = initialState(LIVE, NOW, 0.03, 90);
  const policy = roundPolicy({ blind: { afterSeconds: 120 } });
  const tick = (now: number, windows: readonly Window[] = []) => law(inputOf({ state, policy, windows, now }));
  const windowOf = (latencyMs: number) => logWindow(NOW - 20_000, { premium: { requests: 4000, latencyMs } });

  test('keeps the live limits', () => {
    expect(state.desired).toEqual(LIVE);
    expect(tick(NOW + 1000).desired.tiers).toEqual(LIVE.tiers);
    expect(tick(NOW + 1000).desired.stage['*/*']?.rateRps).toBe(LIVE.stage['*/*']?.rateRps);
  });

  test('comes back from the state table as it was', () => {
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  test('is blind only when it has waited for as long as the policy allows', () => {
    expect(tick(NOW + 120_000).conclusion.rule).toBe('no-news');
    expect(tick(NOW + 120_001).conclusion.rule).toBe('blind-hold');
  });

  test('believes a window of the minute before it was deployed', () => {
    expect(tick(NOW, [windowOf(100)]).state.memory.lastWindowEndMs).toBe(NOW - 10_000);
  });

  test('sets no total for a healthy window', () => {
    const { state: next, desired } = tick(NOW, [windowOf(100)]);
    expect(next.tracker.totalCups).toBeNull();
    expect(desired.tiers).toEqual(LIVE.tiers);
  });

  test('brakes for a congested window, the first that it sees', () => {
    const { conclusion, state: next } = tick(NOW, [windowOf(900)]);
    expect(conclusion.kind).toBe('brake');
    expect(next.tracker.totalCups).toBeLessThan(400);
  });
});
