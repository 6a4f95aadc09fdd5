import { type ApiStage, apiStageName, parseApiStage } from '../../shared/platform/api-stage.ts';
import { describeError } from '../../shared/platform/errors.ts';
import type { Parameter } from '../../shared/platform/parameters.ts';
import { explainProblems, parsePolicy } from '../../shared/policy/parse.ts';
import type { Policy } from '../../shared/policy/schema.ts';
import {
  type DocumentKind,
  forgetKnownGood,
  type KnownGood,
  readKnownGood,
  readKnownSwitch,
  saveKnownGood,
  saveKnownSwitch,
} from '../../shared/state/policies.ts';
import type { ControlDependencies } from './dependencies.ts';
import type { OverrideInForce } from './override.ts';

/** An API, and the policy that is in force for it. */
export interface Governed {
  readonly api: ApiStage;
  readonly policy: Policy;
  readonly name: string;
  /** 0: none was ever accepted; the defaults hold, so that an override has something to go by. */
  readonly version: number;
  /** The newest version, where it was refused. */
  readonly refused?: RefusedVersion;
  /** The override parameter of the same name, `resume` included. */
  readonly override?: OverrideInForce;
}

export interface RefusedVersion {
  readonly version: number;
  readonly why: string;
}

/** A version of a parameter that did not come into force, and why. */
export interface Refusal extends RefusedVersion {
  readonly kind: DocumentKind;
  readonly name: string;
}

export interface LoadedPolicies {
  readonly governed: readonly Governed[];
  readonly refusals: readonly Refusal[];
}

type Accepted = { readonly governed: Governed } | { readonly why: string };

/**
 * The policies in force: every parameter that parses, else the last version of it that did. Parameter Store not
 * answering is no change of policy: then all last known good ones stay in force.
 */
export async function loadPolicies(dependencies: ControlDependencies): Promise<LoadedPolicies> {
  const known = await readKnownGood(dependencies.table, 'POLICY');
  let parameters: readonly Parameter[];
  try {
    parameters = await dependencies.parameters.below(`${dependencies.parameterPrefix}/policies`);
    const names = new Set(parameters.map(({ name }) => name));
    for (const name of known.keys()) if (!names.has(name)) await forgetKnownGood(dependencies.table, 'POLICY', name);
  } catch (error) {
    dependencies.logger.error('Policies could not be read; the last known good ones stay.', {
      reason: describeError(error),
    });
    parameters = [...known.values()].map((good) => ({ ...good, value: good.document }));
  }
  const governed = new Map<string, Governed>();
  const refusals: Refusal[] = [];
  for (const parameter of parameters) {
    const accepted = accept(dependencies, parameter, governed);
    const good = known.get(parameter.name);
    if ('governed' in accepted) {
      governed.set(apiStageName(accepted.governed.api), accepted.governed);
      if (good?.document !== parameter.value || good.version !== parameter.version)
        await remember(dependencies, parameter);
      continue;
    }
    refusals.push({ kind: 'POLICY', name: parameter.name, version: parameter.version, why: accepted.why });
    const fallback = good && accept(dependencies, { ...good, value: good.document }, governed);
    if (!fallback || !('governed' in fallback)) continue;
    const refused = { version: parameter.version, why: accepted.why };
    governed.set(apiStageName(fallback.governed.api), { ...fallback.governed, refused });
  }
  return { governed: [...governed.values()], refusals };
}

async function remember({ table }: ControlDependencies, { name, version, value }: Parameter): Promise<void> {
  const good: KnownGood = { name, version, document: value };
  await saveKnownGood(table, 'POLICY', good);
}

function accept(
  { baseline }: ControlDependencies,
  { name, version, value }: Parameter,
  taken: ReadonlyMap<string, Governed>,
): Accepted {
  const parsed = parsePolicy(value, Object.keys(baseline.tiers));
  if (!parsed.ok) return { why: explainProblems(parsed.problems) };
  const api = parseApiStage(parsed.policy.api);
  if (!api) return { why: `api: ${parsed.policy.api} is not an API id, a slash and a stage.` };
  const rival = taken.get(parsed.policy.api);
  if (rival) return { why: `api: ${parsed.policy.api} is governed by ${rival.name} already. Remove one of the two.` };
  if (apiStageName(api) !== apiStageName(baseline)) {
    return {
      why: `api: no baseline is deployed for ${parsed.policy.api}; this stack deployed ${apiStageName(baseline)}.`,
    };
  }
  return { governed: { api, policy: parsed.policy, name, version } };
}

/**
 * Whether everything is to stay as it is. Anything but `run` pauses: who edits the switch in a hurry wants things to
 * stop. No switch at all is `run`; when Parameter Store does not answer, the switch is where it was.
 */
export async function isPaused({ parameters, parameterPrefix, table, logger }: ControlDependencies): Promise<boolean> {
  const known = await readKnownSwitch(table);
  let value = known ?? 'run';
  try {
    value = (await parameters.one(`${parameterPrefix}/switch`))?.value.trim().toLowerCase() ?? 'run';
  } catch (error) {
    logger.error('The switch could not be read; it stays where it was.', { reason: describeError(error) });
  }
  if (value !== known) await saveKnownSwitch(table, value);
  return value !== 'run';
}
