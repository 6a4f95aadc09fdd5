import { initialState } from '../../../shared/control/state.ts';
import { LIVE, RESTING } from '../../support/builders/law-input.ts';

const NOW = 780_000;

describe('a law that has seen nothing', () => {
  const state = initialState(LIVE, NOW, 0.03, 90);

  test('adopts what is live, and wants nothing else', () => {
    expect(state).toMatchObject({
      version: 4,
      inForce: RESTING.tiers,
      desired: LIVE,
      isContended: false,
      lastKind: 'hold',
    });
    expect([state.changes, state.planOrder]).toEqual([[], []]);
  });

  test('has no total and no bracket, and would begin with the first step', () => {
    expect(state.tracker).toEqual({
      totalCups: null,
      phase: 'hold',
      goodCups: null,
      bad: null,
      badAgeSeconds: 90,
      lastBad: null,
      probeShare: 0.03,
      plateau: null,
      lastActionMs: 0,
      lastAction: 'none',
      stageSinceMs: null,
      plansSinceMs: null,
      drainUntilMs: null,
      isRough: false,
      isProbeFailed: false,
      isKneeTold: true,
      isClimbing: false,
      latencyAtCutMs: null,
      uselessCuts: 0,
      errorTest: null,
    });
  });

  test('remembers nothing, trusts enforcement, and is not blind yet', () => {
    expect(state.memory).toEqual({
      demand: {},
      attempts: {},
      healthyLatencyMs: null,
      latencyMs: null,
      latencyGrowth: 0,
      headroom: 1,
      healthySeconds: 0,
      admittedCups: 0,
      confirmed: null,
      meanCost: 1,
      slack: 1,
      fill: {},
      usual: {},
      lastWindowEndMs: 0,
      lastNewsMs: NOW,
      lastLogEndMs: NOW,
    });
  });
});
