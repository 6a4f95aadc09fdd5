import { type LimitName, valueNamed } from '../../limits/limit-name.ts';
import { mapRecord } from '../../platform/records.ts';
import type { Draft } from '../draft.ts';
import { activeOverride } from '../governed.ts';
import { setsStage } from '../override/override-limits.ts';
import { baselineOf, restingLimits } from '../resting-limits.ts';
import { examineDrift } from './examine-drift.ts';

/** Finds out whether somebody else has changed a limit, and what is done about the change. */
export function judgeDrift(draft: Draft): Draft {
  const { observation, settings } = draft;
  const { governed, deployed } = settings;
  const drift = examineDrift({
    ...observation,
    baseline: baselineOf(deployed),
    planIds: mapRecord(deployed.tiers, ({ planId }) => planId),
    policy: governed.policy,
    isRuled: (name) => isRuled(draft, name),
    resumedMs: governed.override?.override.action === 'resume' ? governed.override.sinceMs : 0,
  });
  return { ...draft, drift, resting: restingLimits(deployed, drift.record, observation.account) };
}

/** A kill and a pinned stage rule the stage, a pin the tiers that it names: nobody else's change of them stands. */
export function isRuled({ settings, observation }: Draft, name: LimitName): boolean {
  const override = activeOverride(settings.governed.override, observation.now);
  if (override?.action === 'pin' && name.of === 'tiers') {
    return valueNamed({ stage: {}, tiers: override.tiers ?? {} }, name) !== undefined;
  }
  return name.of === 'stage' && setsStage(override);
}
