import type { Baseline } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { describeError } from '../../../shared/platform/errors.ts';
import { AFRESH } from '../../../shared/state/hold-record.ts';
import type { Trigger } from '../control-trigger.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { decide, type Plan } from './decide.ts';
import type { Governed } from './governed-api.ts';
import type { Observation } from './observation.ts';
import type { Brake } from './rule-override.ts';

/** A plan, and what the law had to go without so that there is one. */
export interface AnyPlan extends Plan {
  readonly unusable?: { readonly what: 'state' | 'windows'; readonly why: string };
}

interface Attempt {
  readonly without?: 'state' | 'windows';
  readonly observation: Observation;
  readonly brake: Brake;
}

/**
 * Decides, whatever is wrong with what the law is given. A state that it cannot use, or that leads to limits that are
 * none, is left out: the law then starts afresh from the limits in force, and the stage is led in steps. Windows that it
 * cannot read are left out next. Neither may keep this tick, or every later one, from deciding.
 * @throws Error when the law decides in none of these cases
 */
export function decideAnyhow(
  dependencies: ControlDependencies,
  governed: Governed,
  baseline: Baseline,
  observation: Observation,
  trigger: Trigger,
  brake: Brake,
): AnyPlan {
  let why = '';
  let unsound: AnyPlan | undefined;
  for (const attempt of attemptsAt(observation, brake)) {
    const unusable = attempt.without && { unusable: { what: attempt.without, why } };
    try {
      const plan = decide(dependencies, governed, baseline, attempt.observation, trigger, attempt.brake);
      if (areFinite(plan.output.desired)) return { ...plan, ...unusable };
      why = 'the law wants limits that are none';
      unsound = plan;
    } catch (error) {
      why = describeError(error);
    }
  }
  // Limits that are none are refused where they would be written.
  if (unsound) return unsound;
  throw new Error(`The law cannot decide: ${why}`);
}

function attemptsAt(observation: Observation, brake: Brake): Attempt[] {
  const { record, evidence } = observation;
  const asItIs: Attempt = { observation, brake };
  const withoutState: Attempt = {
    without: 'state',
    observation: { ...observation, record: { ...record, law: undefined } },
    brake: { ...brake, hold: brake.hold ?? AFRESH },
  };
  const withoutWindows: Attempt = {
    without: 'windows',
    observation: { ...observation, evidence: { ...evidence, windows: [] } },
    brake,
  };
  return [asItIs, ...(record.law ? [withoutState] : []), ...(evidence.windows.length > 0 ? [withoutWindows] : [])];
}

function areFinite({ stage, tiers }: Limits): boolean {
  const limits = [...Object.values(stage), ...Object.values(tiers)];
  return limits.every(({ rateRps, burst }) => Number.isFinite(rateRps) && Number.isFinite(burst));
}
