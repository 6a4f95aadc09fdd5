import { createHash } from 'node:crypto';
import { apiStageName } from '../../../shared/platform/api-stage.ts';
import { describeError } from '../../../shared/platform/errors.ts';
import type { EpochMs } from '../../../shared/platform/units.ts';
import { type Decision, recordDecision } from '../../../shared/state/decisions.ts';
import type { Damage } from '../../../shared/state/items/table.ts';
import type { Unusable } from '../../../shared/steering/draft.ts';
import type { Governed, OverrideInForce } from '../../../shared/steering/governed.ts';
import { authorship } from '../../../shared/steering/override/override-text.ts';
import type { Trigger } from '../../../shared/steering/trigger.ts';
import type { ControlDependencies } from '../dependencies.ts';
import type { Refusal } from './accept-policies.ts';

/** A decision about a parameter or an item of the state, not about a limit; recorded and announced. */
interface Notice {
  readonly id: string;
  readonly atMs: EpochMs;
  readonly rule: string;
  readonly reason: string;
  readonly wouldChange: string;
  readonly estimates: Decision['estimates'];
  /** The parameter's name, used if no policy is in force. */
  readonly name: string;
}

/** What control was looking for, and at which API, if any. */
interface Occasion {
  readonly trigger: Trigger;
  readonly governed: Governed | undefined;
}

/** Records a refused version of a parameter. */
export async function noteRefusal(
  dependencies: ControlDependencies,
  { kind, name, version, why, isRolledBack }: Refusal,
  { trigger, governed }: Occasion,
): Promise<void> {
  dependencies.logger.warn('A parameter was refused.', { name, version, why });
  const document = kind.toLowerCase();
  const notice = {
    id: `${document}-refused#${idOf(name)}#${version}`,
    atMs: dependencies.clock.now(),
    rule: isRolledBack ? 'policy-rolled-back' : `${document}-rejected`,
    reason: `${name} version ${version}: ${why} ${whatStaysInForce(kind, governed)}`,
    wouldChange: isRolledBack ? 'Another version of the parameter.' : 'A version without these problems.',
    estimates: { refusedVersion: version },
    name,
  };
  await note(dependencies, notice, { trigger, governed });
}

/** A short id of a parameter: its name may be as long as DynamoDB allows the whole key to be. */
function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

function whatStaysInForce(kind: Refusal['kind'], governed: Governed | undefined): string {
  if (kind === 'SWITCH') return 'Until a version can be read, every limit stays as it is.';
  if (kind === 'OVERRIDE') {
    const last = governed?.override;
    return last ? `Version ${last.version} (${last.override.action}) stays in force.` : 'No override is in force.';
  }
  return governed && governed.version > 0 ? `Version ${governed.version} stays in force.` : 'No policy is in force.';
}

/** Records a new override with author, time and reason, under the instant of the edit, so that it is recorded once. */
export async function noteOverride(
  dependencies: ControlDependencies,
  override: OverrideInForce,
  { trigger, governed }: Occasion,
): Promise<void> {
  const { action } = override.override;
  const excess = override.excess === undefined ? '' : ` ${override.excess}`;
  const notice = {
    id: `override#${idOf(override.name)}#${override.version}`,
    atMs: override.sinceMs,
    rule: `override-${action}-ordered`,
    reason: `${override.name}: "${action}" was put ${authorship(override)}.${excess} The next decision carries the override out.`,
    wouldChange: 'Another version of the override parameter.',
    estimates: { overrideVersion: override.version },
    name: override.name,
  };
  await note(dependencies, notice, { trigger, governed });
}

/** Records that control has returned an API's limits and released the API. */
export async function noteRelease(
  dependencies: ControlDependencies,
  { trigger, governed }: Occasion & { readonly governed: Governed },
): Promise<void> {
  const notice = {
    id: 'released',
    atMs: dependencies.clock.now(),
    rule: 'released',
    reason:
      'This API has neither a policy nor an override any more. Its limits are back at their baselines. Control changes ' +
      'none of them from now on, and the fail-safe does not act while control is alive.',
    wouldChange: 'A policy for this API, or an override.',
    estimates: {},
    name: governed.name,
  };
  await note(dependencies, notice, { trigger, governed });
}

/** Records that an unusable item of the state table was set aside. */
export async function noteSetAside(
  dependencies: ControlDependencies,
  { key, why }: Damage,
  look: GovernedOccasion,
): Promise<void> {
  await noteStateSetAside(dependencies, look, {
    about: `${key.pk}#${key.sk}`,
    reason: `The item ${key.pk} / ${key.sk} of the state table cannot be used: ${why}. The item was set aside, and control continues as if the item had not existed.`,
    wouldChange: 'Nothing. The table keeps the item under ASIDE#: find out who wrote it.',
  });
}

/** Records that a value was too large for its item of the state table, so that a part of the value, or all of it, is lost. */
export async function noteTooLarge(
  dependencies: ControlDependencies,
  { key, why }: Damage,
  look: GovernedOccasion,
): Promise<void> {
  await noteStateSetAside(dependencies, look, {
    about: `${key.pk}#${key.sk}`,
    reason: `The item ${key.pk} / ${key.sk} of the state table is stored in part or empty: ${why}. Control continues without the rest.`,
    wouldChange: 'A smaller value: fewer methods with limits of their own, or a smaller demand.trackedKeys.',
  });
}

/** Records that the law could not use its state, or the windows, and decided without them. */
export async function noteUnusable(
  dependencies: ControlDependencies,
  { what, why }: Unusable,
  look: GovernedOccasion,
): Promise<void> {
  const isState = what === 'state';
  const instead = isState
    ? 'The law starts again from the limits in force.'
    : 'The law decided as if no new data had arrived.';
  await noteStateSetAside(dependencies, look, {
    about: `law-${what}`,
    reason: `The law cannot use ${isState ? 'its stored state' : 'the newest windows'}: ${why} ${instead}`,
    wouldChange: 'Nothing. The unusable data are not read again.',
  });
}

type GovernedOccasion = Occasion & { readonly governed: Governed };

/** Records that control goes on without a part of its state. @param about which part: one notice for each */
async function noteStateSetAside(
  dependencies: ControlDependencies,
  { trigger, governed }: GovernedOccasion,
  { about, ...words }: { readonly about: string; readonly reason: string; readonly wouldChange: string },
): Promise<void> {
  const notice = {
    id: `set-aside#${about}`,
    atMs: dependencies.clock.now(),
    rule: 'state-set-aside',
    ...words,
    estimates: {},
    name: governed.name,
  };
  await note(dependencies, notice, { trigger, governed });
}

async function note(
  dependencies: ControlDependencies,
  { id, name, ...words }: Notice,
  { trigger, governed }: Occasion,
): Promise<void> {
  const api = governed?.api ?? dependencies.baseline;
  const decision: Decision = {
    ...words,
    kind: 'hold',
    verdict: 'blind',
    api: apiStageName(api),
    trigger,
    mode: governed?.policy.mode ?? 'shadow',
    policy: { name: governed?.name ?? name, version: governed?.version ?? 0 },
    before: undefined,
    after: undefined,
    stageOutcome: 'unchanged',
    evidence: { windows: 0, newestMs: undefined },
  };
  if (await recordDecision(dependencies.table, api, id, decision)) await announceDecision(dependencies, decision);
}

/** Announces a recorded decision; a failure of the bus does not fail the tick. */
export async function announceDecision({ announce, logger }: ControlDependencies, decision: Decision): Promise<void> {
  try {
    await announce({ source: 'tidegate.control', detailType: 'Tidegate Decision', detail: { ...decision } });
  } catch (error) {
    logger.error('A decision could not be announced.', { rule: decision.rule, reason: describeError(error) });
  }
}
