import { STAGE_SETTLE_MS } from '../../platform/aws-assumptions.ts';
import type { Draft } from '../draft.ts';
import { activeOverride } from '../governed.ts';
import { underOverride } from './override-limits.ts';
import { explainOverride } from './override-text.ts';

/**
 * Applies the operator's override: pause keeps the limits in force, kill takes the stage down to its floor, a pin replaces
 * the limits that it names. Afterwards the stage is led back in steps.
 */
export function applyOverride(draft: Draft): Draft {
  const { observation, settings, resting, limits, wayBack } = draft;
  const { live, record, now } = observation;
  const { policy, override: parameter } = settings.governed;
  const lastStageMs = record.appliedStage ? record.appliedStage.writtenMs + STAGE_SETTLE_MS : 0;
  const override = activeOverride(parameter, now);
  const applied = underOverride({ live, desired: limits, override, wayBack, policy, resting, lastStageMs, now });
  const conclusion = explainOverride(draft, applied);
  return { ...draft, ...applied, conclusion };
}
