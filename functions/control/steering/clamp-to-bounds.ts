import type { Law } from '../../../shared/law/types.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import { own, recordOf } from '../../../shared/platform/records.ts';
import type { DriftRecord } from '../../../shared/state/drift-record.ts';
import { adoptedLimits } from './adopted-limits.ts';
import { ceilings, sameLimits, withinBounds, withOwnBaselines } from './compare-limits.ts';
import { partsOf } from './drift/drift-names.ts';
import type { Observation } from './observation.ts';

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
    const { leastRateRps } = input.policy.guardrails;
    const own = adoptedMethods(drift, account);
    const asked = naming(output.desired, Object.keys(own));
    const bounded = withOwnBaselines(withinBounds(asked, most, leastRateRps), most, own);
    const isOurs = (held: Limits) => sameLimits(held, withinBounds(held, most, leastRateRps));
    const desired = leaveAlone(bounded, live, drift, isOurs);
    if (sameLimits(asked, desired)) return { ...output, desired };
    const guard = sameLimits(bounded, desired) ? 'bounds' : 'drift-held';
    return { ...output, desired, conclusion: { ...output.conclusion, guard } };
  };
}

/** The same limits, with methods named that follow the stage's default. */
function naming({ stage, tiers }: Limits, methods: readonly string[]): Limits {
  const fallback = stage[STAGE_DEFAULT];
  const followers = fallback ? methods.map((method) => [method, fallback] as const) : [];
  return { stage: { ...Object.fromEntries(followers), ...stage }, tiers };
}

/** The limits of single methods that were adopted: of the stage's default and of tiers the law itself knows. */
function adoptedMethods(drift: DriftRecord | undefined, account: Limit): Limits['stage'] {
  const methods = [...adoptedLimits(drift, account)].flatMap(([name, limit]): [string, Limit][] => {
    const [kind, key] = partsOf(name);
    return kind === 'stage' && key !== STAGE_DEFAULT ? [[key, limit]] : [];
  });
  return Object.fromEntries(methods);
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
  const stage = recordOf(Object.entries(desired.stage));
  const tiers = recordOf(Object.entries(desired.tiers));
  let isStageOurs = true;
  for (const [name, { action }] of Object.entries(drift?.open ?? {})) {
    if (action !== 'hold') continue;
    const [kind, key] = partsOf(name);
    const [limits, current] = kind === 'tier' ? [tiers, own(live.tiers, key)] : [stage, own(live.stage, key)];
    const held = { stage: {}, tiers: {}, [kind === 'tier' ? 'tiers' : 'stage']: { [key]: current } } as Limits;
    if (current && isWritable(held)) limits[key] = current;
    else delete limits[key];
    if (current && kind !== 'tier' && !isWritable(held)) isStageOurs = false;
  }
  return { stage: isStageOurs ? stage : {}, tiers };
}
