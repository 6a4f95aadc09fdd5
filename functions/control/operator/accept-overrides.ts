import type { Baseline } from '../../../shared/law/types.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import { apiStageName } from '../../../shared/platform/api-stage.ts';
import type { Parameter } from '../../../shared/platform/aws/parameters.ts';
import { describeError } from '../../../shared/platform/errors.ts';
import { aboveBaseline, explainOverrideProblems, parseOverride } from '../../../shared/policy/parse-override.ts';
import type { Override, Pin } from '../../../shared/policy/schema/override-schema.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { forgetKnownGood, type KnownGood, readKnownGood } from '../../../shared/state/known-documents.ts';
import { activeOverride, type Governed, type OverrideInForce } from '../../../shared/steering/governed.ts';
import { baselineOf } from '../../../shared/steering/resting-limits.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { asKnown, type LoadedPolicies, type Refusal } from './accept-policies.ts';
import { attemptParameter } from './attempt-parameter.ts';
import { asParameter, whyUnchecked, withShownValues } from './values-shown.ts';

export interface LoadedOverrides extends LoadedPolicies {
  readonly news: readonly OverrideNews[];
}

/** A version that no tick has seen before: control records it, then stores it. */
export interface OverrideNews {
  readonly override: OverrideInForce;
  readonly document: string;
}

interface Found {
  readonly inForce: readonly OverrideInForce[];
  readonly news: readonly OverrideNews[];
  readonly refusals: readonly Refusal[];
}

/**
 * Adds the overrides in force to the policies of their names: the newest valid version of every parameter. If Parameter Store
 * does not answer, the known overrides stay. An API without a valid policy is governed by the defaults, so that a broken
 * policy cannot disable an override.
 */
export async function withOverrides(
  dependencies: ControlDependencies,
  policies: LoadedPolicies,
): Promise<LoadedOverrides> {
  const { inForce, news, refusals } = await loadOverrides(dependencies);
  const byName = new Map(inForce.map((each) => [policyNameOf(dependencies, each.name), each]));
  const present = governedOrDefault(dependencies, policies, byName);
  const governed = present.map((each) => {
    const override = byName.get(each.name);
    return override ? { ...each, override } : each;
  });
  const names = present.map(({ name }) => name);
  const strays = [...byName].filter(([name]) => !names.includes(name)).map(([, stray]) => strayRefusal(stray, present));
  return { governed, refusals: [...policies.refusals, ...refusals, ...strays], news };
}

/** The policy parameter of an override parameter: the same name under `policies`. */
function policyNameOf({ parameterPrefix }: ControlDependencies, overrideName: string): string {
  return overrideName.replace(`${parameterPrefix}/overrides/`, `${parameterPrefix}/policies/`);
}

/** Actions that brake more come first. */
const BY_STRENGTH = ['kill', 'pin', 'pause', 'resume'] as const;

/**
 * The governed APIs. Without any policy in force, the API is governed by the defaults, under the name of the strongest
 * active override, so that no other override can keep a kill from being carried out. Among equals, the name of a refused
 * policy comes first.
 */
function governedOrDefault(
  { baseline, clock }: ControlDependencies,
  { governed, refusals }: LoadedPolicies,
  overrides: ReadonlyMap<string, OverrideInForce>,
): readonly Governed[] {
  const weaknessOf = (each: OverrideInForce) =>
    BY_STRENGTH.indexOf(activeOverride(each, clock.now())?.action ?? 'resume');
  const isUnrefused = (name: string) => Number(!refusals.some((refusal) => refusal.name === name));
  const [strongest] = [...overrides].sort(
    ([nameA, a], [nameB, b]) => weaknessOf(a) - weaknessOf(b) || isUnrefused(nameA) - isUnrefused(nameB),
  );
  if (governed.length > 0 || strongest === undefined) return governed;
  const [name] = strongest;
  const { apiId, stage } = baseline;
  const policy = policySchema.parse({ api: apiStageName({ apiId, stage }) });
  return [{ api: { apiId, stage }, policy, name, version: 0 }];
}

function strayRefusal({ name, version }: OverrideInForce, governed: readonly Governed[]): Refusal {
  const names = governed.map((each) => each.name.split('/').at(-1)).join(', ');
  const isAnyPolicy = governed.some((each) => each.version > 0);
  const why = isAnyPolicy
    ? `the override has no effect, because no policy of this name governs an API. Fix: use the name of a policy that does: ${names}.`
    : `the override has no effect, because no policy is in force and the override ${names} comes first: a kill, then a pin, a pause and a resume. Fix: store a policy, or remove one of the overrides.`;
  return { kind: 'OVERRIDE', name, version, why };
}

/** The result for one parameter: the version in force, whether no tick has seen that version, and why the newest was refused. */
interface Examined {
  readonly parameter: Parameter;
  readonly inForce?: OverrideInForce;
  readonly isNew?: true;
  readonly refusal?: Refusal;
}

async function loadOverrides(dependencies: ControlDependencies): Promise<Found> {
  const known = await readKnownGood(dependencies.table, 'OVERRIDE');
  const parameters = await readParameters(dependencies, known);
  const examined = parameters.map((each) => examine(dependencies, each, known.get(each.name)));
  // All authors are asked at once, so that any number of new overrides waits no longer than one of them.
  const named = await Promise.all(examined.map((each) => withAuthor(dependencies, each)));
  return {
    inForce: named.flatMap(({ inForce }) => inForce ?? []),
    news: named.flatMap(({ parameter, inForce, isNew }) =>
      inForce && isNew ? [{ override: inForce, document: parameter.value }] : [],
    ),
    refusals: named.flatMap(({ refusal }) => refusal ?? []),
  };
}

/** Examines one parameter. An error counts as a refusal, so that one parameter never prevents the others. */
function examine(dependencies: ControlDependencies, listed: Parameter, good: KnownGood | undefined): Examined {
  try {
    const parameter = asKnown(listed, good);
    const parsed = parse(dependencies, parameter);
    if (typeof parsed === 'string') return refused(dependencies, listed, good, parsed);
    const isKnown = good?.version === parameter.version && good.document === parameter.value;
    if (isKnown) return { parameter, inForce: identified(dependencies, parsed, { ...good, ...parameter }) };
    return { parameter, inForce: identified(dependencies, parsed, parameter), isNew: true };
  } catch (error) {
    return refused(dependencies, listed, good, whyUnchecked(error, listed));
  }
}

/** A refused version; the last good version stays in force. */
function refused(
  dependencies: ControlDependencies,
  parameter: Parameter,
  good: KnownGood | undefined,
  why: string,
): Examined {
  const { name, version } = parameter;
  const refusal: Refusal = { kind: 'OVERRIDE', name, version, why };
  const last = good && lastGood(dependencies, good);
  if (!last) return { parameter, refusal };
  return { parameter, inForce: { ...identified(dependencies, last, good), refused: { version, why } }, refusal };
}

function lastGood(dependencies: ControlDependencies, good: KnownGood): Override | undefined {
  try {
    const parsed = parse(dependencies, asParameter(good));
    return typeof parsed === 'string' ? undefined : parsed;
  } catch {
    return undefined;
  }
}

async function withAuthor(dependencies: ControlDependencies, examined: Examined): Promise<Examined> {
  const { parameter, inForce, isNew } = examined;
  if (!inForce || !isNew) return examined;
  return { ...examined, inForce: { ...inForce, by: await authorOf(dependencies, parameter) } };
}

async function readParameters(
  dependencies: ControlDependencies,
  known: ReadonlyMap<string, KnownGood>,
): Promise<readonly Parameter[]> {
  const { parameters, parameterPrefix, table, logger } = dependencies;
  let present: readonly Parameter[];
  try {
    present = await parameters.below(`${parameterPrefix}/overrides`);
  } catch (error) {
    logger.error('The overrides could not be read; the last known ones stay in force.', {
      reason: describeError(error),
    });
    return [...known.values()].map(asParameter);
  }
  const names = new Set(present.map(({ name }) => name));
  const deleted = [...known.keys()].filter((name) => !names.has(name));
  for (const name of deleted)
    await attemptParameter(dependencies, name, () => forgetKnownGood(table, 'OVERRIDE', name));
  return present;
}

/** @returns the override, or the reason for refusing it as a text */
function parse({ baseline, clock }: ControlDependencies, parameter: Parameter): Override | string {
  const { value, modifiedMs, unreadable } = parameter;
  if (unreadable !== undefined) return unreadable;
  const now = clock.now();
  const parsed = parseOverride(value, { baseline: baselineOf(baseline), putMs: Math.min(modifiedMs ?? now, now) });
  return parsed.ok ? parsed.override : explainOverrideProblems(withShownValues(parsed.problems, parameter));
}

function identified(
  { clock, baseline }: ControlDependencies,
  override: Override,
  { name, version, modifiedMs, by }: Pick<Parameter, 'name' | 'version' | 'modifiedMs'> & { by?: string | undefined },
): OverrideInForce {
  const excess = override.action === 'pin' ? excessOf(override, baselineOf(baseline)) : undefined;
  // An edit dated in the future would never become overdue.
  const sinceMs = Math.min(modifiedMs ?? clock.now(), clock.now());
  return { override, name, version, sinceMs, by, ...(excess && { excess }) };
}

function excessOf(pin: Pin, baseline: Baseline): string | undefined {
  const figures = ({ rateRps, burst }: Limit) => `${rateRps}/${burst}`;
  const above = aboveBaseline(pin, baseline);
  const words = above.map(({ path, limit, most }) => `${path} at ${figures(limit)} instead of ${figures(most)}`);
  return words.length === 0 ? undefined : `The pin exceeds the deployed baseline: ${words.join(', ')}.`;
}

/** The author, or undefined if AWS does not report one: a missing name never prevents an override. */
async function authorOf({ parameters, logger }: ControlDependencies, { name, version }: Parameter) {
  try {
    return await parameters.author(name, version);
  } catch (error) {
    logger.warn('The author of an override could not be read.', { name, version, reason: describeError(error) });
    return undefined;
  }
}
