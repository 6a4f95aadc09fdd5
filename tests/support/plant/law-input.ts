import type { Situation } from '../../../shared/control/limits.ts';
import { type DemandEntry, initialState, type LawState } from '../../../shared/control/state.ts';
import type { Baseline, LawInput } from '../../../shared/control/types.ts';
import type { Limits } from '../../../shared/platform/units.ts';
import { roundPolicy } from './round-policy.ts';
import { signalsOf } from './signals.ts';

/** A stage of 1,000 with two tiers, all of it as deployed. */
export const RESTING: Baseline = {
  stage: { rateRps: 1000, burst: 500 },
  tiers: { premium: { rateRps: 500, burst: 1250 }, basic: { rateRps: 100, burst: 200 } },
};
export const LIVE: Limits = { stage: { '*/*': RESTING.stage }, tiers: RESTING.tiers };

/** A law that has seen nothing since the epoch; `change` says what it has. */
export function stateOf(change: Partial<LawState> = {}): LawState {
  return { ...initialState(LIVE, 0, 0.02, 120), ...change };
}

/** One tick, thirteen minutes after the epoch, everything written and in force since ever. */
export function inputOf(change: Partial<LawInput<LawState>> = {}): LawInput<LawState> {
  return {
    state: undefined,
    windows: [],
    live: LIVE,
    effective: { stageMs: 0, tiersMs: {} },
    policy: roundPolicy(),
    baseline: RESTING,
    now: 780_000,
    ...change,
  };
}

/** One key that asks for so many requests a second, all of them believed to be wanted. */
export function asking(rps: number, tier = 'premium', wantedRps = rps): DemandEntry {
  return { tier, count: 1, methods: { '/data/GET': rps }, wantedRps };
}

/** What limits are made of, at rest; `change` says what is otherwise. */
export function situationOf(change: Partial<Situation> = {}): Situation {
  const { memory, tracker } = stateOf();
  return {
    input: inputOf(),
    memory,
    signals: signalsOf(),
    tracker,
    before: LIVE,
    isContended: false,
    isDemandKnown: true,
    isStageForced: false,
    guardCups: null,
    inForce: RESTING.tiers,
    ...change,
  };
}
