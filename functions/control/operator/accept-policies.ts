import { apiStageName, parseApiStage } from '../../../shared/platform/api-stage.ts';
import type { Parameter } from '../../../shared/platform/aws/parameters.ts';
import { describeError } from '../../../shared/platform/errors.ts';
import { explainProblems, parsePolicy } from '../../../shared/policy/parse.ts';
import { type PolicyProblem, valueAt } from '../../../shared/policy/problems.ts';
import {
  type Baking,
  type DocumentKind,
  forgetKnownGood,
  type KnownGood,
  readKnownGood,
  readKnownSwitch,
  saveKnownGood,
  saveKnownSwitch,
} from '../../../shared/state/known-documents.ts';
import { saveLastPolicy } from '../../../shared/state/last-policy.ts';
import type { Governed, RefusedVersion } from '../../../shared/steering/governed.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { attemptParameter } from './attempt-parameter.ts';
import { asParameter, whyUnchecked, withShownValues } from './values-shown.ts';

/** A refused version of a parameter, and why. */
export interface Refusal extends RefusedVersion {
  readonly kind: DocumentKind;
  readonly name: string;
  /** The version was in force and was rolled back. */
  readonly isRolledBack?: boolean;
}

export interface LoadedPolicies {
  readonly governed: readonly Governed[];
  readonly refusals: readonly Refusal[];
}

type Accepted = { readonly governed: Governed } | { readonly why: string };

/**
 * The policies in force: the newest valid version of every parameter. If Parameter Store does not answer, all last accepted
 * versions stay in force.
 */
export async function loadPolicies(dependencies: ControlDependencies): Promise<LoadedPolicies> {
  const known = await readKnownGood(dependencies.table, 'POLICY');
  const governed = new Map<string, Governed>();
  const refusals: Refusal[] = [];
  for (const parameter of await readParameters(dependencies, known)) {
    const { inForce, refusal } = await settle(dependencies, parameter, known.get(parameter.name), governed);
    if (inForce) governed.set(apiStageName(inForce.api), inForce);
    if (refusal) refusals.push(refusal);
  }
  return { governed: [...governed.values()], refusals };
}

/** Settles one parameter: its newest version, or else the last accepted one. An error never prevents the other parameters. */
async function settle(
  dependencies: ControlDependencies,
  parameter: Parameter,
  good: KnownGood | undefined,
  taken: ReadonlyMap<string, Governed>,
): Promise<{ readonly inForce?: Governed; readonly refusal?: Refusal }> {
  const { name, version } = parameter;
  const accepted = await checked(parameter, () => acceptNewest(dependencies, asKnown(parameter, good), good, taken));
  if ('governed' in accepted) return { inForce: accepted.governed };
  const refused = { version, why: accepted.why };
  const refusal: Refusal = { kind: 'POLICY', name, ...refused, isRolledBack: good?.rolledBack?.version === version };
  const last = good && asParameter(good);
  const fallback = last && (await checked(last, async () => accept(dependencies, last, taken)));
  if (!fallback || !('governed' in fallback)) return { refusal };
  return { inForce: { ...fallback.governed, known: good, refused }, refusal };
}

async function checked(parameter: Parameter, check: () => Promise<Accepted>): Promise<Accepted> {
  try {
    return await check();
  } catch (error) {
    return { why: whyUnchecked(error, parameter) };
  }
}

/** The policy parameters; those that govern already come first, so that a new policy does not take over their API. */
async function readParameters(
  dependencies: ControlDependencies,
  known: ReadonlyMap<string, KnownGood>,
): Promise<readonly Parameter[]> {
  const { parameters, parameterPrefix, logger } = dependencies;
  let present: readonly Parameter[];
  try {
    present = await parameters.below(`${parameterPrefix}/policies`);
  } catch (error) {
    logger.error('The policies could not be read; the last accepted ones stay in force.', {
      reason: describeError(error),
    });
    return [...known.values()].map(asParameter);
  }
  const names = new Set(present.map(({ name }) => name));
  for (const good of known.values())
    if (!names.has(good.name)) await attemptParameter(dependencies, good.name, () => forget(dependencies, good));
  return [...present].sort((a, b) => Number(known.has(b.name)) - Number(known.has(a.name)));
}

/** Forgets a deleted policy, which still governs the API until its limits are back. */
async function forget({ table, baseline }: ControlDependencies, { name, version, document }: KnownGood): Promise<void> {
  await saveLastPolicy(table, baseline, { name, version, document });
  await forgetKnownGood(table, 'POLICY', name);
}

/** Uses the stored document of a known version that cannot be decrypted at present. */
export function asKnown(parameter: Parameter, good: KnownGood | undefined): Parameter {
  const { unreadable, ...rest } = parameter;
  return unreadable !== undefined && good?.version === parameter.version
    ? { ...rest, value: good.document }
    : parameter;
}

/** Accepts the newest version unless it was rolled back; a new version is stored and put on probation. */
async function acceptNewest(
  dependencies: ControlDependencies,
  parameter: Parameter,
  good: KnownGood | undefined,
  taken: ReadonlyMap<string, Governed>,
): Promise<Accepted> {
  const { name, version, value } = parameter;
  if (good?.rolledBack?.version === version) return { why: `This version was rolled back: ${good.rolledBack.why}` };
  const accepted = accept(dependencies, parameter, taken);
  if (!('governed' in accepted)) return accepted;
  if (good?.version === version && good.document === value) return { governed: { ...accepted.governed, known: good } };
  const why = await missingPlan(dependencies, value);
  if (why !== undefined) return { why };
  const baking = good && accepted.governed.policy.rollback.bakeSeconds > 0 && bakingOf(dependencies, good);
  const known = { name, version, document: value, ...(baking && { baking }) };
  await saveKnownGood(dependencies.table, 'POLICY', known);
  return { governed: { ...accepted.governed, known } };
}

/** Starts a probation; a rollback returns to the last version that was not on probation. */
function bakingOf({ clock }: ControlDependencies, { version, document, baking }: KnownGood): Baking {
  return { arrivedMs: clock.now(), before: baking?.before ?? { version, document } };
}

/** Why a document is refused if it names a tier whose plan is gone from API Gateway. */
async function missingPlan(
  { gateway, baseline, logger }: ControlDependencies,
  document: string,
): Promise<string | undefined> {
  const tiers = valueAt(JSON.parse(document), ['tiers']);
  const named = Object.entries(baseline.tiers).filter(([tier]) => valueAt(tiers, [tier]) !== undefined);
  if (named.length === 0) return undefined;
  try {
    const plans = await gateway.readPlans();
    const missing = named.filter(([, { planId }]) => !plans.has(planId));
    if (missing.length === 0) return undefined;
    return explainProblems(missing.map(([tier, { planId }]) => planProblem(tier, planId)));
  } catch (error) {
    logger.warn('The usage plans could not be read to check a new policy.', { reason: describeError(error) });
    return undefined;
  }
}

function planProblem(tier: string, planId: string): PolicyProblem {
  return {
    path: `tiers.${tier}`,
    expected: 'a tier whose usage plan exists and has a throttle',
    found: `plan ${planId}, which does not exist in API Gateway or has no throttle`,
    fix: 'deploy again to restore the plan, or remove the tier',
  };
}

function accept(
  { baseline }: ControlDependencies,
  parameter: Parameter,
  taken: ReadonlyMap<string, Governed>,
): Accepted {
  const { name, version, value, unreadable } = parameter;
  if (unreadable !== undefined) return { why: unreadable };
  const refused = (problems: readonly PolicyProblem[]) => ({
    why: explainProblems(withShownValues(problems, parameter)),
  });
  const parsed = parsePolicy(value, Object.keys(baseline.tiers));
  if (!parsed.ok) return refused(parsed.problems);
  const rival = taken.get(parsed.policy.api);
  const api = parseApiStage(parsed.policy.api);
  if (api && !rival && apiStageName(api) === apiStageName(baseline))
    return { governed: { api, policy: parsed.policy, name, version } };
  return refused([apiProblem(parsed.policy.api, apiStageName(baseline), rival?.name)]);
}

function apiProblem(found: string, deployed: string, rival: string | undefined): PolicyProblem {
  const path = 'api';
  if (rival === undefined)
    return { path, expected: `the API that this stack deployed, ${deployed}`, found, fix: `write ${deployed}` };
  const expected = 'an API that no other policy governs';
  return { path, expected, found: `${found}, which is already governed by ${rival}`, fix: 'remove one of the two' };
}

/** The state of the switch, and why a version of it could not be read. */
export interface Switch {
  readonly isPaused: boolean;
  readonly refusals: readonly Refusal[];
}

/**
 * Whether the switch pauses control. Any value except `run` pauses, and so does a value that cannot be decrypted, because an
 * operator who edits the switch in a hurry wants control to stop. A missing switch means `run`; if Parameter Store does not
 * answer, the last value applies.
 */
export async function readSwitch({ parameters, parameterPrefix, table, logger }: ControlDependencies): Promise<Switch> {
  const known = await readKnownSwitch(table);
  let value = known ?? 'run';
  let refusals: readonly Refusal[] = [];
  try {
    const parameter = await parameters.one(`${parameterPrefix}/switch`);
    value = parameter?.unreadable ? 'unreadable' : (parameter?.value.trim().toLowerCase() ?? 'run');
    if (parameter?.unreadable) {
      const { name, version, unreadable: why } = parameter;
      refusals = [{ kind: 'SWITCH', name, version, why }];
    }
  } catch (error) {
    logger.error('The switch could not be read; its last value stays in force.', { reason: describeError(error) });
  }
  if (value !== known) await saveKnownSwitch(table, value);
  return { isPaused: value !== 'run', refusals };
}
