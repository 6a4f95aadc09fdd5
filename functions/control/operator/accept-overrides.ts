import type { Baseline } from '../../../shared/law/types.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import { apiStageName } from '../../../shared/platform/api-stage.ts';
import type { Parameter } from '../../../shared/platform/aws/parameters.ts';
import { describeError } from '../../../shared/platform/errors.ts';
import { aboveBaseline, explainOverrideProblems, parseOverride } from '../../../shared/policy/parse-override.ts';
import type { Override, Pin } from '../../../shared/policy/schema/override-schema.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { forgetKnownGood, type KnownGood, readKnownGood } from '../../../shared/state/known-documents.ts';
import type { Governed, OverrideInForce } from '../../../shared/steering/governed.ts';
import { baselineOf } from '../../../shared/steering/resting-limits.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { asKnown, type LoadedPolicies, type Refusal } from './accept-policies.ts';

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
  const present = governedOrDefault(dependencies, policies, [...byName.keys()]);
  const governed = present.map((each) => {
    const override = byName.get(each.name);
    return override ? { ...each, override } : each;
  });
  const names = present.map(({ name }) => name);
  const strays = [...byName].filter(([name]) => !names.includes(name)).map(([, stray]) => strayRefusal(stray, names));
  return { governed, refusals: [...policies.refusals, ...refusals, ...strays], news };
}

/** The policy parameter of an override parameter: the same name under `policies`. */
function policyNameOf({ parameterPrefix }: ControlDependencies, overrideName: string): string {
  return overrideName.replace(`${parameterPrefix}/overrides/`, `${parameterPrefix}/policies/`);
}

function governedOrDefault(
  { baseline }: ControlDependencies,
  { governed, refusals }: LoadedPolicies,
  names: readonly string[],
): readonly Governed[] {
  if (governed.length > 0 || names.length === 0) return governed;
  const name = names.find((each) => refusals.some((refusal) => refusal.name === each)) ?? names[0] ?? '';
  const { apiId, stage } = baseline;
  const policy = policySchema.parse({ api: apiStageName({ apiId, stage }) });
  return [{ api: { apiId, stage }, policy, name, version: 0 }];
}

function strayRefusal({ name, version }: OverrideInForce, policies: readonly string[]): Refusal {
  const known = policies.map((each) => each.split('/').at(-1)).join(', ');
  const why = `the override has no effect, because no policy of this name governs an API. Fix: use the name of a policy that does: ${known}.`;
  return { kind: 'OVERRIDE', name, version, why };
}

async function loadOverrides(dependencies: ControlDependencies): Promise<Found> {
  const known = await readKnownGood(dependencies.table, 'OVERRIDE');
  const inForce: OverrideInForce[] = [];
  const news: OverrideNews[] = [];
  const refusals: Refusal[] = [];
  for (const parameter of await readParameters(dependencies, known)) {
    const good = known.get(parameter.name);
    const isKnown = good?.version === parameter.version && good.document === parameter.value;
    const parsed = parse(dependencies, parameter);
    if (typeof parsed === 'string') {
      refusals.push({ kind: 'OVERRIDE', name: parameter.name, version: parameter.version, why: parsed });
      const last = good && parse(dependencies, { ...good, value: good.document });
      if (!good || last === undefined || typeof last === 'string') continue;
      const refused = { version: parameter.version, why: parsed };
      inForce.push({ ...identified(dependencies, last, good), refused });
    } else if (isKnown) {
      inForce.push(identified(dependencies, parsed, { ...good, ...parameter }));
    } else {
      const override = identified(dependencies, parsed, { ...parameter, by: await authorOf(dependencies, parameter) });
      inForce.push(override);
      news.push({ override, document: parameter.value });
    }
  }
  return { inForce, news, refusals };
}

async function readParameters(
  { parameters, parameterPrefix, table, logger }: ControlDependencies,
  known: ReadonlyMap<string, KnownGood>,
): Promise<readonly Parameter[]> {
  let present: readonly Parameter[];
  try {
    present = await parameters.below(`${parameterPrefix}/overrides`);
  } catch (error) {
    logger.error('The overrides could not be read; the last known ones stay in force.', {
      reason: describeError(error),
    });
    return [...known.values()].map((good) => ({ ...good, value: good.document }));
  }
  const names = new Set(present.map(({ name }) => name));
  for (const name of known.keys()) if (!names.has(name)) await forgetKnownGood(table, 'OVERRIDE', name);
  return present.map((parameter) => asKnown(parameter, known));
}

/** @returns the override, or the reason for refusing it as a text */
function parse(
  { baseline, clock }: ControlDependencies,
  { value, modifiedMs, unreadable }: Pick<Parameter, 'value' | 'modifiedMs' | 'unreadable'>,
): Override | string {
  if (unreadable !== undefined) return unreadable;
  const now = clock.now();
  const parsed = parseOverride(value, { baseline: baselineOf(baseline), putMs: Math.min(modifiedMs ?? now, now) });
  return parsed.ok ? parsed.override : explainOverrideProblems(parsed.problems);
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
