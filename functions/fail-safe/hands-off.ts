import { apiStageName } from '../../shared/platform/api-stage.ts';
import type { Parameter } from '../../shared/platform/aws/parameters.ts';
import type { DeployedBaseline } from '../../shared/platform/environment.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { parseOverride } from '../../shared/policy/parse-override.ts';
import type { Policy } from '../../shared/policy/schema/policy-schema.ts';
import { baselineOf } from '../../shared/steering/resting-limits.ts';

/**
 * Why an operator does not want limits changed: the switch is not `run`, an override pauses, pins or kills, or the API's policy
 * is not in mode `enforce`. Documents that control refuses do not count, because a mistake may not hold limits for ever. An
 * encrypted switch or override that cannot be decrypted counts, because an operator stored it in order to hold limits.
 */
export function handsOffReason(
  parameters: readonly Parameter[],
  prefix: string,
  deployed: DeployedBaseline,
  now: EpochMs,
): string | undefined {
  const theSwitch = parameters.find(({ name }) => name === `${prefix}/switch`);
  const switchValue = theSwitch?.value.trim().toLowerCase();
  if (theSwitch?.unreadable !== undefined) return unreadable(theSwitch);
  if (switchValue !== undefined && switchValue !== 'run')
    return theSwitch?.isSecret ? 'the switch is not set to run' : `the switch is set to ${switchValue}`;
  const below = (folder: string) => parameters.filter(({ name }) => name.startsWith(`${prefix}/${folder}/`));
  const policies = below('policies').map(({ name, value }) => ({ name, policy: governing(value, deployed) }));
  const isAnyGoverning = policies.some(({ policy }) => policy !== undefined);
  // As in control, an override has no effect under a name without a policy, unless no policy is in force at all.
  const isStray = ({ name }: Parameter) =>
    isAnyGoverning && !policies.some((each) => each.name === name.replace('/overrides/', '/policies/'));
  const override = below('overrides').find((each) => !isStray(each) && isInForce(each, deployed, now));
  if (override) return override.unreadable === undefined ? `${override.name} is in force` : unreadable(override);
  const watching = policies.find(({ policy }) => policy && policy.mode !== 'enforce');
  return watching && `${watching.name} is not in mode enforce`;
}

const unreadable = ({ name, unreadable: why }: Parameter): string => `${name}: ${why}`;

/** Whether an override is valid, by control's rules, and acts now; one that cannot be decrypted does. */
function isInForce({ value, modifiedMs, unreadable }: Parameter, deployed: DeployedBaseline, now: EpochMs): boolean {
  if (unreadable !== undefined) return true;
  const putMs = Math.min(modifiedMs ?? now, now);
  const parsed = withoutError(() => parseOverride(value, { baseline: baselineOf(deployed), putMs }));
  if (!parsed?.ok || parsed.override.action === 'resume') return false;
  return parsed.override.action !== 'pin' || Date.parse(parsed.override.until) > now;
}

/** The policy, if control would accept it for this API. */
function governing(value: string, deployed: DeployedBaseline): Policy | undefined {
  const parsed = withoutError(() => parsePolicy(value, Object.keys(deployed.tiers)));
  return parsed?.ok && parsed.policy.api === apiStageName(deployed) ? parsed.policy : undefined;
}

/** The result; undefined if the check ends in an error, so that one document never hides the others. */
function withoutError<Result>(check: () => Result): Result | undefined {
  try {
    return check();
  } catch {
    return undefined;
  }
}
