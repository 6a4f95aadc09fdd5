import type { Situation } from '../../../shared/law/sharing/desired-limits.ts';
import { type DemandEntry, initialState, type LawState } from '../../../shared/law/state.ts';
import type { Baseline, LawInput } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { roundPolicy } from './round-policy.ts';
import { signalsOf } from './window-signals.ts';

/** The deployed limits: a stage of 1,000 requests per second and two tiers. */
export const RESTING: Baseline = {
  stage: { rateRps: 1000, burst: 500 },
  tiers: { premium: { rateRps: 500, burst: 1250 }, basic: { rateRps: 100, burst: 200 } },
};
export const LIVE: Limits = { stage: { '*/*': RESTING.stage }, tiers: RESTING.tiers };

/** The state of a law that has seen no window since the epoch; `change` overrides its fields. */
export function stateOf(change: Partial<LawState> = {}): LawState {
  return { ...initialState(LIVE, 0, 0.02, 120), ...change };
}

/** The input of one tick, thirteen minutes after the epoch, with every limit long in force. */
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

/** The demand of one key that asks for `rps` requests per second; the law believes that it wants `wantedRps`. */
export function asking(rps: number, tier = 'premium', wantedRps = rps): DemandEntry {
  return { tier, count: 1, methods: { '/data/GET': rps }, wantedRps };
}

/** The facts that limits are derived from, for an API at rest; `change` overrides them. */
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
