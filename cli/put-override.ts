import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { createParameters, type Parameter, type Parameters } from '../shared/platform/parameters.ts';
import { explainOverrideProblems, parseOverride } from '../shared/policy/override.ts';
import type { Override } from '../shared/policy/override-schema.ts';
import { type Surroundings, type Target, UsageError } from './target.ts';

/**
 * Puts an override: checked here as control will check it, then written as one edit.
 * @throws UsageError when it would be refused
 */
export async function putOverride(override: Override, target: Target, surroundings: Surroundings): Promise<void> {
  const { say } = surroundings;
  const document = JSON.stringify(override);
  const parsed = parseOverride(document);
  if (!parsed.ok) throw new UsageError(explainOverrideProblems(parsed.problems));
  const client = surroundings.ssm(target.region);
  const parameters = createParameters(client);
  await checkName(parameters, target, surroundings);
  const before = await presentValue(parameters, target);
  if (override.action === 'resume' && before === 'none') {
    say(`Nothing to resume: there is no parameter ${target.override}.`);
    return;
  }
  const { Version } = await client.send(
    new PutParameterCommand({ Name: target.override, Value: document, Type: 'String', Overwrite: true }),
  );
  say(`${override.action}: ${target.override} version ${Version}.`);
  if (typeof before !== 'string') say(`It replaces ${described(before)}.`);
  say(`Control carries it out within seconds; see: ${seeStatus(target)}`);
}

/** Whoever may write but not read can brake all the same. */
async function presentValue(parameters: Parameters, { override }: Target): Promise<Parameter | 'none' | 'unknown'> {
  try {
    return (await parameters.one(override)) ?? 'none';
  } catch {
    return 'unknown';
  }
}

/** A brake under a name that no policy has would brake nothing. Not being allowed to look is no reason not to brake. */
async function checkName(parameters: Parameters, { prefix, policy, name }: Target, { complain }: Surroundings) {
  let policies: readonly Parameter[];
  try {
    policies = await parameters.below(`${prefix}/policies`);
  } catch (error) {
    complain(`The policies could not be listed (${(error as Error).name}); going on without that check.`);
    return;
  }
  if (policies.length === 0 || policies.some((each) => each.name === policy)) return;
  const known = policies.map((each) => each.name.slice(`${prefix}/policies/`.length)).join(', ');
  throw new UsageError(`--name: no policy is called "${name}"; the policies of this stage: ${known}.`);
}

/** What an override parameter says, in a few words. */
export function described({ value, version, modifiedMs }: Parameter): string {
  const parsed = parseOverride(value);
  const what = parsed.ok ? parsed.override.action : 'a document that control refuses';
  const since = modifiedMs === undefined ? '' : `, put ${new Date(modifiedMs).toISOString()}`;
  return `${what} (version ${version}${since})`;
}

function seeStatus({ stage, name }: Target): string {
  const options = [stage === 'dev' ? '' : ` --stage ${stage}`, name === 'default' ? '' : ` --name ${name}`];
  return `tidegate status${options.join('')}`;
}
