import type { CostUnitsPerSecond } from '../../platform/units.ts';
import { wantedCups } from '../sharing/desired-limits.ts';
import type { LawState, TrackerState } from '../state.ts';
import type { Remembered } from '../telling/memory.ts';
import type { LawInput } from '../types.ts';

/** Do all who ask, within their baselines, ask for more than the total (or, without one, than the guard)? */
export function isContended(
  tracker: TrackerState,
  state: LawState,
  reading: Remembered,
  guardCups: CostUnitsPerSecond | null,
  { policy, baseline }: LawInput<LawState>,
): boolean {
  // The cut that tests errors is not a shortage: tiers are left alone.
  if (tracker.errorTest?.verdict === 'running') return state.isContended;
  const totalCups = tracker.phase === 'drain' ? tracker.goodCups : tracker.totalCups;
  const limitCups = totalCups ?? guardCups;
  if (limitCups === null) return false;
  if (reading.signals.source === 'metrics') {
    // A plan may refuse a client for reasons of its own: only where the limit is full does it bind, or our cut of plans.
    const isFull = reading.signals.total.admittedCups > policy.minutes.bindingFillShare * limitCups;
    return reading.signals.throttledShare > policy.minutes.bindingThrottledShare && (isFull || state.isContended);
  }
  const wanted = wantedCups(reading.memory, baseline, policy);
  return wanted > limitCups * (state.isContended ? policy.demand.restoreBelowShare : 1);
}

/** Where no total was set yet, the guard that demand has run into becomes it; that is an action, judged a round later. */
export function adoptGuard(
  state: LawState,
  reading: Remembered,
  guardCups: CostUnitsPerSecond | null,
  input: LawInput<LawState>,
): TrackerState {
  const { tracker } = state;
  if (tracker.totalCups !== null || guardCups === null) return tracker;
  if (!isContended(tracker, state, reading, guardCups, input)) return tracker;
  const plateau = tracker.plateau ?? reading.memory.confirmed;
  const totalCups = Math.max(guardCups, passedCups(state, reading));
  return { ...tracker, totalCups, plateau, lastActionMs: input.now, lastAction: 'none' };
}

/** What the limits in force let through: healthy when it is proven, in two windows, for a burst comes once; slower than that, all of it. */
function passedCups(state: LawState, { health, signals }: Remembered): CostUnitsPerSecond {
  const { admittedCups } = signals.total;
  if (health === 'watch') return admittedCups;
  return health === 'healthy' ? Math.min(state.memory.admittedCups, admittedCups) : 0;
}
