import { type ApiStage, apiStageName } from '../../shared/platform/api-stage.ts';
import type { Parameter } from '../../shared/platform/parameters.ts';
import type { EpochMs } from '../../shared/platform/units.ts';

/**
 * Whether an operator has said that limits are not to be moved: the switch is not `run`, an override pauses, pins or
 * kills, or the API's policy does not enforce. What cannot be read says nothing: the fail-safe must work without it.
 */
export function handsOffReason(
  parameters: readonly Parameter[],
  prefix: string,
  api: ApiStage,
  now: EpochMs,
): string | undefined {
  const switchValue = parameters
    .find(({ name }) => name === `${prefix}/switch`)
    ?.value.trim()
    .toLowerCase();
  if (switchValue !== undefined && switchValue !== 'run') return `the switch says ${switchValue}`;
  const below = (folder: string) => parameters.filter(({ name }) => name.startsWith(`${prefix}/${folder}/`));
  const override = below('overrides').find(({ value }) => isInForce(objectOf(value), now));
  if (override) return `${override.name} is in force`;
  const policy = below('policies').find(({ value }) => isMereWatching(objectOf(value), api));
  return policy && `${policy.name} does not enforce`;
}

/** An override that nobody can read was meant to brake. */
function isInForce(override: Document | undefined, now: EpochMs): boolean {
  if (override?.action === 'pin') return !(Date.parse(String(override.until)) <= now);
  return override?.action !== 'resume';
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
