import { law } from '../../../shared/control/law.ts';
import type { LawState } from '../../../shared/control/state.ts';
import type { LawInput, LawOutput } from '../../../shared/control/types.ts';
import type { Window } from '../../../shared/telemetry/window.ts';
import { BASELINE, plantPolicy } from './plant.ts';

/** The law on a bench: windows are put in by hand, and what it desires comes into force at once unless told otherwise. */
export class LawBench {
  state: LawState | undefined;
  input: Omit<LawInput<LawState>, 'windows' | 'state'>;

  constructor(policy: object = {}) {
    this.input = {
      live: { stage: { '*/*': BASELINE.stage }, tiers: BASELINE.tiers },
      effective: { stageMs: 0, tiersMs: {} },
      policy: plantPolicy(policy),
      baseline: BASELINE,
      now: 0,
    };
  }

  tick(now: number, windows: readonly Window[], isApplied = true): LawOutput<LawState> {
    const output = law({ ...this.input, state: this.state, windows, now });
    this.state = JSON.parse(JSON.stringify(output.state)) as LawState;
    this.input = { ...this.input, now, ...(isApplied ? { live: output.desired } : {}) };
    return output;
  }
}
