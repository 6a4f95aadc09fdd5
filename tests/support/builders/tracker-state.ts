import { initialState, type TrackerState } from '../../../shared/law/state.ts';

/** The tracker of a stage of 1,000 requests per second that has seen no window; `change` overrides its fields. */
export function trackerOf(change: Partial<TrackerState> = {}): TrackerState {
  const live = { stage: { '*/*': { rateRps: 1000, burst: 30 } }, tiers: {} };
  return { ...initialState(live, 0, 0.02, 120).tracker, ...change };
}
