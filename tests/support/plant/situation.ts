import type { Situation } from '../../../shared/control/limits.ts';
import { readSignals } from '../../../shared/control/signals.ts';
import { initialState, type LawState, type MemoryState, type TrackerState } from '../../../shared/control/state.ts';
import type { Baseline, LawInput } from '../../../shared/control/types.ts';
import type { Limits } from '../../../shared/platform/units.ts';
import { type Policy, policySchema } from '../../../shared/policy/schema.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { logWindow } from './windows.ts';

/** What is otherwise than in a healthy situation at rest, of which nothing is known yet. */
export interface SituationSketch extends Partial<Omit<Situation, 'input' | 'memory' | 'tracker' | 'signals'>> {
  readonly input?: Partial<LawInput<LawState>>;
  readonly memory?: Partial<MemoryState>;
  readonly tracker?: Partial<TrackerState>;
  readonly window?: Window;
  readonly policy?: Policy;
}

export const RESTING: Baseline = {
  stage: { rateRps: 2000, burst: 4000 },
  tiers: { premium: { rateRps: 1000, burst: 2000 }, basic: { rateRps: 50, burst: 100 } },
};

/** Thirteen minutes after the epoch; what was written before is live and in force. */
export function situationOf(sketch: SituationSketch): Situation {
  const { input, memory, tracker, window = logWindow(600_000, {}), policy, ...rest } = sketch;
  const before: Limits = rest.before ?? { stage: { '*/*': RESTING.stage }, tiers: RESTING.tiers };
  const state = initialState(before, 0, 0.02, 120);
  const full: LawInput<LawState> = {
    state,
    windows: [],
    live: before,
    effective: { stageMs: 0, tiersMs: {} },
    policy: policy ?? policySchema.parse({ api: 'a1/dev' }),
    baseline: RESTING,
    now: 780_000,
    ...input,
  };
  return {
    input: full,
    memory: { ...state.memory, ...memory },
    tracker: { ...state.tracker, ...tracker },
    signals: readSignals(window, full.policy, 1),
    before,
    isContended: false,
    isDemandKnown: true,
    isStageForced: false,
    guardCups: null,
    inForce: before.tiers,
    ...rest,
  };
}
