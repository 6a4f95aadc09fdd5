import type { Situation } from '../../../shared/law/sharing/desired-limits.ts';
import { initialState, type LawState, type MemoryState, type TrackerState } from '../../../shared/law/state.ts';
import { readSignals } from '../../../shared/law/telling/signals.ts';
import type { Baseline, LawInput } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { type Policy, policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { logWindow } from './window-sketch.ts';

/** Overrides of a healthy situation at rest, in which the law has learned nothing yet. */
export interface StageSituationSketch extends Partial<Omit<Situation, 'input' | 'memory' | 'tracker' | 'signals'>> {
  readonly input?: Partial<LawInput<LawState>>;
  readonly memory?: Partial<MemoryState>;
  readonly tracker?: Partial<TrackerState>;
  readonly window?: Window;
  readonly policy?: Policy;
}

/** A stage of 2,000 requests per second and two tiers. */
export const LARGE_BASELINE: Baseline = {
  stage: { rateRps: 2000, burst: 4000 },
  tiers: { premium: { rateRps: 1000, burst: 2000 }, basic: { rateRps: 50, burst: 100 } },
};

/** A situation thirteen minutes after the epoch, read from `window`; earlier writes are live and in force. */
export function stageSituation(sketch: StageSituationSketch): Situation {
  const { input, memory, tracker, window = logWindow(600_000, {}), policy, ...rest } = sketch;
  const before: Limits = rest.before ?? { stage: { '*/*': LARGE_BASELINE.stage }, tiers: LARGE_BASELINE.tiers };
  const state = initialState(before, 0, 0.02, 120);
  const full: LawInput<LawState> = {
    state,
    windows: [],
    live: before,
    effective: { stageMs: 0, tiersMs: {} },
    policy: policy ?? policySchema.parse({ api: 'a1/dev' }),
    baseline: LARGE_BASELINE,
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
