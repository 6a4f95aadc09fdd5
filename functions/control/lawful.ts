import type { Law } from '../../shared/control/types.ts';
import type { Limit, Limits } from '../../shared/platform/units.ts';
import type { DriftRecord } from '../../shared/state/drift.ts';
import { partsOf } from './drift-names.ts';
import { ceilings, sameLimits, withinBounds } from './limits.ts';
import type { Observation } from './observe.ts';

/**
 * The law within what no law may leave: the policy's floor, the deployed ceiling, the account's own limit, and limits of
 * others that are held. Where it had to be held back, the conclusion names the guard.
 */
export function lawful(
  law: Law<unknown>,
  { account, live, drift }: Pick<Observation, 'account' | 'live' | 'drift'>,
): Law<unknown> {
  return (input) => {
    const output = law(input);
    const most = ceilings(input.baseline, account);
    const bounded = withinBounds(output.desired, most, input.policy.guardrails.leastRateRps);
    const isOurs = (held: Limits) => sameLimits(held, withinBounds(held, most, input.policy.guardrails.leastRateRps));
    const desired = leaveAlone(bounded, live, drift, isOurs);
    if (sameLimits(output.desired, desired)) return output;
    const guard = sameLimits(bounded, desired) ? 'bounds' : 'drift-held';
    return { ...output, desired, conclusion: { ...output.conclusion, guard } };
  };
}

/**
 * Held limits stay what they are, and an override that somebody removed stays removed. A held limit that we could not
 * write as it is (somebody set it higher than was deployed, or an answer of AWS made no sense) is left out, and with one
 * of the stage the whole stage: written at all, it would be written changed.
 */
function leaveAlone(
  desired: Limits,
  live: Limits,
  drift: DriftRecord | undefined,
  isWritable: (held: Limits) => boolean,
): Limits {
  const stage: Record<string, Limit> = { ...desired.stage };
  const tiers: Record<string, Limit> = { ...desired.tiers };
  let isStageOurs = true;
  for (const [name, { action }] of Object.entries(drift?.open ?? {})) {
    if (action !== 'hold') continue;
    const [kind, key] = partsOf(name);
    const [limits, current] = kind === 'tier' ? [tiers, live.tiers[key]] : [stage, live.stage[key]];
    const held = { stage: {}, tiers: {}, [kind === 'tier' ? 'tiers' : 'stage']: { [key]: current } } as Limits;
    if (current && isWritable(held)) limits[key] = current;
    else delete limits[key];
    if (current && kind !== 'tier' && !isWritable(held)) isStageOurs = false;
  }
  return { stage: isStageOurs ? stage : {}, tiers };
}
