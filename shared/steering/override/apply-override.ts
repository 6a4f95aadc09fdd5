import { namesIn } from '../../limits/limit-name.ts';
import { withMethods } from '../../limits/limits.ts';
import { STAGE_SETTLE_MS } from '../../platform/aws-assumptions.ts';
import { own } from '../../platform/records.ts';
import type { Draft } from '../draft.ts';
import { activeOverride } from '../governed.ts';
import { methodsOf } from '../observation.ts';
import { underOverride } from './override-limits.ts';
import { explainOverride } from './override-text.ts';

/**
 * Applies the operator's override: pause keeps the limits in force, kill takes the stage down to its floor, a pin replaces
 * the limits that it names. Afterwards the stage is led back in steps.
 */
export function applyOverride(draft: Draft): Draft {
  const { observation, settings, resting, limits: desired, wayBack } = draft;
  const { live, record, now, account } = observation;
  const { policy, override: parameter } = settings.governed;
  const lastStageMs = record.appliedStage ? record.appliedStage.writtenMs + STAGE_SETTLE_MS : 0;
  const override = activeOverride(parameter, now);
  const left = namesIn(draft.left);
  const ruled = underOverride({ live, desired, override, wayBack, left, account, policy, resting, lastStageMs, now });
  const methods = methodsOf(observation).filter((method) => own(draft.left.stage, method) === undefined);
  const applied = { ...ruled, limits: withMethods(ruled.limits, methods) };
  return { ...draft, ...applied, conclusion: explainOverride(draft, applied) };
}
