import { type LimitName, namesIn, valueNamed, withoutValue, withValue } from '../limits/limit-name.ts';
import { areSameLimits, NO_LIMITS, type PerLimit } from '../limits/limits.ts';
import type { Drift } from '../state/drift-record.ts';
import { withinBounds } from './clamp-to-bounds.ts';
import type { Draft } from './draft.ts';

/**
 * Leaves limits that others changed, and that are held, as they are; a method's limit that somebody removed stays removed.
 * A held limit that could not be written as it is (it stands above the deployed one, or an answer of AWS made no sense)
 * is left out, and with one of the stage the whole stage: written at all, it would be written changed.
 */
export function leaveHeldLimits(draft: Draft): Draft {
  const { observation, drift, conclusion } = draft;
  const open: PerLimit<Drift> = drift.record?.open ?? { stage: {}, tiers: {} };
  const held = namesIn(open).filter((name) => valueNamed(open, name)?.action === 'hold');
  let limits = draft.limits;
  for (const name of held) {
    const current = valueNamed(observation.live, name);
    limits = current && isWritable(draft, name) ? withValue(limits, name, current) : withoutValue(limits, name);
  }
  const isStageLeft = held.some(
    (name) => name.of === 'stage' && valueNamed(observation.live, name) && !isWritable(draft, name),
  );
  if (isStageLeft) limits = { ...limits, stage: {} };
  if (areSameLimits(draft.limits, limits)) return draft;
  return { ...draft, limits, conclusion: { ...conclusion, guard: 'drift-held' } };
}

/** Whether the limit in force under a name could be written unchanged. */
function isWritable({ observation, resting, settings }: Draft, name: LimitName): boolean {
  const current = valueNamed(observation.live, name);
  if (!current) return false;
  const held = withValue(NO_LIMITS, name, current);
  return areSameLimits(held, withinBounds(held, resting, settings.governed.policy.guardrails.leastRateRps));
}
