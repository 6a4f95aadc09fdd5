import type { Conclusion } from '../law/types.ts';
import { askTheLaw } from './asking/ask-the-law.ts';
import { clampToBounds } from './clamp-to-bounds.ts';
import type { Draft, Settings, Step } from './draft.ts';
import { judgeDrift } from './drift/judge-drift.ts';
import { leaveAlone } from './leave-alone.ts';
import type { Observation } from './observation.ts';
import { applyOverride } from './override/apply-override.ts';
import { restingLimits } from './resting-limits.ts';
import { startAfterSilence } from './start-after-silence.ts';
import { conclude, type Steering } from './steering.ts';
import { tightenOnly } from './tighten-only.ts';
import type { Trigger } from './trigger.ts';

/** Who has a say in the limits of an API: a later step overrules the earlier ones. */
const STEPS: readonly Step[] = [
  /** What others changed is adopted, left alone, or written again. */
  judgeDrift,
  /** After missed ticks control starts from the limits that it finds. */
  startAfterSilence,
  /** What the limits should be, by what was measured. */
  askTheLaw,
  /** The policy's floor, the deployed ceiling, and the account's limit. */
  clampToBounds,
  /** Limits that are held, shut, or impossible to write stay as they are; every other limit is written. */
  leaveAlone,
  /** Pause, pin and kill, and the way back from them. */
  applyOverride,
  /** An alarm, a change or an unknown event may lower limits, never raise them. */
  tightenOnly,
];

/** Decides what the limits of one API should be, why, and what the next tick has to know. Pure. */
export function steer(observation: Observation, settings: Settings, trigger: Trigger): Steering {
  let draft = blank(observation, settings, trigger);
  for (const step of STEPS) draft = step(draft);
  return conclude(draft);
}

function blank(observation: Observation, settings: Settings, trigger: Trigger): Draft {
  const { record, live, account } = observation;
  const drift = record.drift;
  return {
    observation,
    settings,
    trigger,
    drift: { record: drift, notes: [] },
    resting: restingLimits(settings.deployed, drift, account),
    wayBack: record.wayBack,
    nextWayBack: undefined,
    left: { stage: {}, tiers: {} },
    limits: live,
    planOrder: [],
    writes: 'policy',
    conclusion: NOTHING_DECIDED,
    lawState: undefined,
    isFinal: true,
  };
}

/** Replaced by the law's conclusion. */
const NOTHING_DECIDED: Conclusion = {
  kind: 'hold',
  verdict: 'blind',
  rule: 'undecided',
  reason: 'Nothing was decided.',
  wouldChange: 'A decision.',
  estimates: {},
};
