import { PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { createParameters, type Parameter, type Parameters } from '../shared/platform/aws/parameters.ts';
import { explainOverrideProblems, parseOverride } from '../shared/policy/parse-override.ts';
import type { Override } from '../shared/policy/schema/override-schema.ts';
import { checkAgainst, readKnown } from './known.ts';
import { type Surroundings, type Target, UsageError } from './target.ts';
import { awaitDecision, earlierDecisions } from './wait.ts';

/**
 * Validates an override, stores it in one edit, and waits until control has carried it out.
 * @throws UsageError for invalid arguments; NotDoneError if the override would have no effect, or was not carried out in a minute
 */
export async function putOverride(override: Override, target: Target, surroundings: Surroundings): Promise<void> {
  const { say } = surroundings;
  const nowMs = await surroundings.serviceNow();
  const document = JSON.stringify(override);
  const parsed = parseOverride(document, { putMs: nowMs });
  if (!parsed.ok) throw new UsageError(explainOverrideProblems(parsed.problems));
  const known = await readKnown(target, surroundings);
  checkAgainst({ known, document, nowMs }, target, surroundings);
  const client = surroundings.ssm(target.region);
  const parameters = createParameters(client);
  const before = await presentValue(parameters, target);
  if (override.action === 'resume' && before === 'none') {
    say(`Nothing to resume: there is no parameter ${target.override}.`);
    return;
  }
  const earlier = await earlierDecisions({ known, target }, surroundings, nowMs);
  const version = await put(client, target.override, document);
  say(`${override.action}: ${target.override} version ${version}.`);
  if (typeof before !== 'string') say(`The new version replaces ${described(before)}.`);
  const stored = await presentValue(parameters, target);
  const putMs = (typeof stored === 'string' ? undefined : stored.modifiedMs) ?? nowMs;
  const order = { override, version, parameter: target.override, policy: target.policy };
  await awaitDecision({ ...order, known, target, putMs, earlier }, surroundings);
}

/** Stores the document as type String, which control can always read, or with the existing type if that must not change. */
async function put(client: SSMClient, Name: string, Value: string): Promise<number> {
  const input = { Name, Value, Overwrite: true };
  try {
    return (await client.send(new PutParameterCommand({ ...input, Type: 'String' }))).Version ?? 0;
  } catch (error) {
    if ((error as Error).name !== 'HierarchyTypeMismatchException') throw error;
    return (await client.send(new PutParameterCommand(input))).Version ?? 0;
  }
}

/** The stored override; `unknown` if the caller may not read it, which does not prevent writing. */
async function presentValue(parameters: Parameters, { override }: Target): Promise<Parameter | 'none' | 'unknown'> {
  try {
    return (await parameters.one(override)) ?? 'none';
  } catch {
    return 'unknown';
  }
}

/** A short description of an override parameter. */
export function described({ value, version, modifiedMs, unreadable }: Parameter): string {
  const parsed = parseOverride(value);
  const refused =
    unreadable === undefined ? 'a document that control refuses' : 'a SecureString that you cannot decrypt';
  const what = parsed.ok ? parsed.override.action : refused;
  const since = modifiedMs === undefined ? '' : `, put ${new Date(modifiedMs).toISOString()}`;
  return `${what} (version ${version}${since})`;
}
