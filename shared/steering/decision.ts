import type { Conclusion } from '../law/types.ts';
import { apiStageName } from '../platform/api-stage.ts';
import type { EpochMs } from '../platform/units.ts';
import type { Decision } from '../state/decisions.ts';
import { type Governed, isOverdue } from './governed.ts';
import type { Trigger } from './trigger.ts';

interface Particulars extends Partial<Pick<Decision, 'mode' | 'before' | 'after' | 'stageOutcome' | 'evidence'>> {
  readonly atMs: EpochMs;
  readonly trigger: Trigger;
}

/** A conclusion about an API as a decision; unless said otherwise no limit was looked at, and none changed. */
export function decisionAbout(governed: Governed, conclusion: Conclusion, particulars: Particulars): Decision {
  const { api, policy, name, version, refused } = governed;
  return {
    ...conclusion,
    mode: policy.mode,
    before: undefined,
    after: undefined,
    stageOutcome: 'unchanged',
    evidence: { windows: 0, newestMs: undefined },
    ...particulars,
    api: apiStageName(api),
    policy: { name, version, ...(refused && { refused }) },
    ...overrideNote(governed, particulars.atMs),
  };
}

function overrideNote(governed: Governed, now: EpochMs): Pick<Decision, 'override'> {
  if (!governed.override) return {};
  const { override, version, sinceMs, by, refused } = governed.override;
  const optional = { ...(by && { by }), ...(refused && { refused }) };
  return { override: { action: override.action, version, sinceMs, isOverdue: isOverdue(governed, now), ...optional } };
}
