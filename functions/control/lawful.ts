import type { Law } from '../../shared/control/types.ts';
import { ceilings, sameLimits, withinBounds } from './limits.ts';
import type { Observation } from './observe.ts';

/**
 * The law within what no law may leave: the policy's floor, the deployed ceiling, and the account's own limit. Where it
 * had to be held back, the conclusion names the guard.
 */
export function lawful(law: Law<unknown>, { account }: Observation): Law<unknown> {
  return (input) => {
    const output = law(input);
    const most = ceilings(input.baseline, account);
    const desired = withinBounds(output.desired, most, input.policy.guardrails.leastRateRps);
    if (sameLimits(output.desired, desired)) return output;
    return { ...output, desired, conclusion: { ...output.conclusion, guard: 'bounds' } };
  };
}
