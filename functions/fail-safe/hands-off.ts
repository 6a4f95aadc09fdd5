import { type ApiStage, apiStageName } from '../../shared/platform/api-stage.ts';
import type { Parameter } from '../../shared/platform/aws/parameters.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import { latestEndMs } from '../../shared/policy/schema/override-schema.ts';

/**
 * Whether an operator has said that limits are not to be moved: the switch is not `run`, an override pauses, pins or
 * kills, or the API's policy does not enforce. What cannot be read says nothing, for the fail-safe must work without it;
 * but a switch or an override that somebody put encrypted was put to hold something.
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
  const policy = below('policies').find(({ value }) => isMereWatching(objectOf(value), api));
  return policy && `${policy.name} is not in mode enforce`;
}

const unreadable = ({ name, unreadable: why }: Parameter): string => `${name}: ${why}`;

/** An override that nobody can read was meant to brake. A pin ends when control would end it, whatever it says. */
function isInForce({ value, modifiedMs }: Parameter, now: EpochMs): boolean {
  const override = objectOf(value);
  if (override?.action !== 'pin') return override?.action !== 'resume';
  const untilMs = Math.min(Date.parse(String(override.until)), latestEndMs(modifiedMs ?? now));
  return !(untilMs <= now);
}

function isMereWatching(policy: Document | undefined, api: ApiStage): boolean {
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
