import { apiStageName } from '../../../shared/platform/api-stage.ts';
import { describeError } from '../../../shared/platform/errors.ts';
import { type GovernedName, saveGoverned } from '../../../shared/state/governed-names.ts';
import type { Governed } from '../../../shared/steering/governed.ts';
import { emergencyFloor } from '../../../shared/steering/override/override-limits.ts';
import { baselineOf } from '../../../shared/steering/resting-limits.ts';
import type { ControlDependencies } from '../dependencies.ts';
import type { LoadedPolicies } from './accept-policies.ts';

/**
 * Stores for operators which API is governed under which policy name, and which versions were refused. Control itself does
 * not depend on this report, so a failed write does not fail the tick.
 */
export async function noteGoverned(dependencies: ControlDependencies, loaded: LoadedPolicies): Promise<void> {
  const { table, clock, logger } = dependencies;
  try {
    await saveGoverned(table, governedNames(dependencies, loaded), clock.now());
  } catch (error) {
    logger.warn('The list of governed APIs could not be saved.', { reason: describeError(error) });
  }
}

/** Every policy name that governs an API or has a refused policy or override. */
export function governedNames(
  dependencies: Pick<ControlDependencies, 'baseline' | 'parameterPrefix'>,
  { governed, refusals }: LoadedPolicies,
): GovernedName[] {
  const { parameterPrefix } = dependencies;
  const names = new Map<string, GovernedName>();
  for (const each of governed)
    names.set(each.name, { name: each.name, governs: governs(dependencies, each), refusals: [] });
  for (const { kind, name: parameter, version, why } of refusals) {
    if (kind === 'SWITCH') continue;
    const name = parameter.replace(`${parameterPrefix}/overrides/`, `${parameterPrefix}/policies/`);
    const known = names.get(name) ?? { name, refusals: [] };
    names.set(name, { ...known, refusals: [...known.refusals, { kind, version, why }] });
  }
  return [...names.values()];
}

function governs({ baseline: deployed }: Pick<ControlDependencies, 'baseline'>, { api, policy, version }: Governed) {
  const baseline = baselineOf(deployed);
  return {
    api: apiStageName(api),
    version,
    baseline,
    floor: emergencyFloor({ action: 'kill' }, { policy, resting: baseline }),
  };
}
