import type { Baseline } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { mayRelax, type Trigger } from '../control-trigger.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { lawful } from './clamp-to-bounds.ts';
import { changesAny, sameLimits, withoutRaises } from './compare-limits.ts';
import { deployedLimits } from './deployed-limits.ts';
import type { Governed } from './governed-api.ts';
import { lawInput } from './law-input.ts';
import type { Observation } from './observation.ts';
import { type Brake, type Ruling, ruleUnder } from './rule-override.ts';

/** What a tick is about to do. */
export interface Plan {
  readonly output: Ruling<unknown>;
  readonly wanted: Limits;
  /** False when this trigger may not do what the law wants: then nothing is done, and nothing remembered. */
  readonly isFinal: boolean;
}

/**
 * Asks the law, with the operator's override around it, and holds both to what neither may do: a tick that an alarm
 * caused can look and tighten, never relax. When nothing but raises was wanted, the tick did not happen as far as the
 * law is concerned: the next scheduled one sees the same windows and may decide as this one could not.
 */
export function decide(
  { law }: ControlDependencies,
  governed: Governed,
  baseline: Baseline,
  observation: Observation,
  trigger: Trigger,
  brake: Brake,
): Plan {
  const { live } = observation;
  const own = governed.isLeaving ? deployedLimits : law;
  const ruling = ruleUnder(lawful(own, observation), lawInput(observation, governed, baseline), brake);
  const asked = ruling.desired;
  const allowed = mayRelax(trigger) ? asked : withoutRaises(asked, live);
  if (sameLimits(allowed, asked)) return { output: ruling, wanted: asked, isFinal: true };
  // What was clipped did not happen: an override's way back is not over yet.
  const output = { ...ruling, hold: ruling.noted };
  const conclusion = { ...output.conclusion, guard: `${trigger}-never-relaxes` };
  if (changesAny(allowed, live)) return { output: { ...output, conclusion }, wanted: allowed, isFinal: true };
  return { output: { ...output, conclusion: { ...conclusion, kind: 'hold' } }, wanted: live, isFinal: false };
}
