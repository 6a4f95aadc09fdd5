import { areSameLimits, isAnyChanged, withoutRaises } from '../limits/limits.ts';
import type { Draft } from './draft.ts';
import { mayRelax } from './trigger.ts';

/**
 * A look that an alarm, a change or an unknown event caused can lower limits, never raise them. When nothing but raises
 * was wanted, the look did not happen as far as the law is concerned: the next scheduled one sees the same windows, and
 * may decide as this one could not.
 */
export function tightenOnly(draft: Draft): Draft {
  const { trigger, limits, observation, conclusion, wayBack } = draft;
  if (mayRelax(trigger)) return draft;
  const lowered = withoutRaises(limits, observation.live);
  if (areSameLimits(lowered, limits)) return draft;
  const guarded = { ...conclusion, guard: `${trigger}-never-relaxes` };
  // The way back was clipped: it is not over yet.
  const clipped = { ...draft, nextWayBack: wayBack, limits: lowered, conclusion: guarded };
  if (isAnyChanged(lowered, observation.live)) return clipped;
  return { ...clipped, limits: observation.live, conclusion: { ...guarded, kind: 'hold' }, isFinal: false };
}
