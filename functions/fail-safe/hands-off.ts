import { type ApiStage, apiStageName } from '../../shared/platform/api-stage.ts';
import type { Parameter } from '../../shared/platform/parameters.ts';

/**
 * Whether an operator has said that limits are not to be moved: the switch is not `run`, or the API's policy does not
 * enforce. What cannot be read says nothing: the fail-safe must work without any of it.
 */
export function handsOffReason(parameters: readonly Parameter[], prefix: string, api: ApiStage): string | undefined {
  const switchValue = parameters
    .find(({ name }) => name === `${prefix}/switch`)
    ?.value.trim()
    .toLowerCase();
  if (switchValue !== undefined && switchValue !== 'run') return `the switch says ${switchValue}`;
  const policies = parameters.filter(({ name }) => name.startsWith(`${prefix}/policies/`));
  for (const { name, value } of policies) {
    const policy = objectOf(value);
    if (policy?.api !== apiStageName(api) || policy.mode === 'enforce') continue;
    return `${name} does not enforce`;
  }
  return undefined;
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
