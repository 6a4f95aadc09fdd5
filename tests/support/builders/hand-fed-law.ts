import { law } from '../../../shared/law/law.ts';
import type { LawState } from '../../../shared/law/state.ts';
import type { Baseline, LawInput, LawOutput } from '../../../shared/law/types.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { lawStateOf } from '../../../shared/state/items/law-state.ts';
import type { Window } from '../../../shared/telemetry/window.ts';

/** The limits that `HandFedLaw` starts from: a stage of 2,000 requests per second and four tiers. */
export const DEPLOYED: Baseline = {
  stage: { rateRps: 2000, burst: 5000 },
  tiers: {
    premium: { rateRps: 2000, burst: 5000 },
    standard: { rateRps: 500, burst: 1000 },
    basic: { rateRps: 100, burst: 200 },
    internal: { rateRps: 500, burst: 1000 },
  },
};

/**
 * The law, tick by tick, on windows that the test writes by hand. It carries the law's state from tick to tick, through
 * JSON as the state table does. There are no clients and no gateway: the next tick sees the desired limits as live.
 */
export class HandFedLaw {
  state: LawState | undefined;
  /** Whatever else the next tick sees. */
  input: Omit<LawInput<LawState>, 'windows' | 'state'>;

  constructor(policy: object = {}) {
    this.input = {
      live: { stage: { '*/*': DEPLOYED.stage }, tiers: DEPLOYED.tiers },
      effective: { stageMs: 0, tiersMs: {} },
      policy: policySchema.parse({ api: 'abc/dev', mode: 'enforce', methodCost: { '/orders/POST': 4 }, ...policy }),
      baseline: DEPLOYED,
      now: 0,
    };
  }

  /** One tick; with `isApplied` false nothing is written, and the live limits stay. */
  tick(now: number, windows: readonly Window[], isApplied = true): LawOutput<LawState> {
    const output = law({ ...this.input, state: this.state, windows, now });
    // As its Lambda reads the state back: what the law leaves behind must be a state that it can go on from.
    this.state = lawStateOf(JSON.parse(JSON.stringify(output.state)), now);
    this.input = { ...this.input, now, ...(isApplied ? { live: output.desired } : {}) };
    return output;
  }
}
