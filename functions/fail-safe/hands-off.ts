import { type ApiStage, apiStageName } from '../../shared/platform/api-stage.ts';
import type { Parameter } from '../../shared/platform/aws/parameters.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import { latestEndMs } from '../../shared/policy/schema/override-schema.ts';

/**
 * Why an operator does not want limits changed: the switch is not `run`, an override pauses, pins or kills, or the API's policy
 * is not in mode `enforce`. Unreadable parameters do not count, because the fail-safe must work without them, except an
 * encrypted switch or override, which an operator stored in order to hold limits.
 */
export function handsOffReason(
  parameters: readonly Parameter[],
  prefix: string,
  api: ApiStage,
  now: EpochMs,
): string | undefined {
  const theSwitch = parameters.find(({ name }) => name === `${prefix}/switch`);
  const switchValue = theSwitch?.value.trim().toLowerCase();
  if (theSwitch?.unreadable !== undefined) return unreadable(theSwitch);
  if (switchValue !== undefined && switchValue !== 'run') return `the switch is set to ${switchValue}`;
  const below = (folder: string) => parameters.filter(({ name }) => name.startsWith(`${prefix}/${folder}/`));
  const override = below('overrides').find((each) => isInForce(each, now));
  if (override) return override.unreadable === undefined ? `${override.name} is in force` : unreadable(override);
  const policy = below('policies').find(({ value }) => isNotEnforcing(objectOf(value), api));
  return policy && `${policy.name} is not in mode enforce`;
}

const unreadable = ({ name, unreadable: why }: Parameter): string => `${name}: ${why}`;

/** Whether an override applies; an unreadable one does. A pin ends when control would end it, however late its `until` is. */
function isInForce({ value, modifiedMs }: Parameter, now: EpochMs): boolean {
  const override = objectOf(value);
  if (override?.action !== 'pin') return override?.action !== 'resume';
  const untilMs = Math.min(Date.parse(String(override.until)), latestEndMs(modifiedMs ?? now));
  return !(untilMs <= now);
}

function isNotEnforcing(policy: Document | undefined, api: ApiStage): boolean {
  return policy?.api === apiStageName(api) && policy.mode !== 'enforce';
}

type Document = Readonly<Record<string, unknown>>;

function objectOf(text: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Document) : undefined;
  } catch {
    return undefined;
  }
}
