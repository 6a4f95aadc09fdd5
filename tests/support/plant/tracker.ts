import { initialState, type TrackerState } from '../../../shared/control/state.ts';

/** A tracker that has seen nothing, at a stage of 1,000; `change` says what is otherwise. */
export function trackerOf(change: Partial<TrackerState> = {}): TrackerState {
  const live = { stage: { '*/*': { rateRps: 1000, burst: 30 } }, tiers: {} };
  return { ...initialState(live, 0, 0.02, 120).tracker, ...change };
}
