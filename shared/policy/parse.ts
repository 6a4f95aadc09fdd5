import * as z from 'zod';
import { contradictions } from './consistency.ts';
import { explainDocument, readDocument } from './document.ts';
import { type PolicyProblem, pathText, problemsOf, show } from './problems.ts';
import { type Policy, policySchema } from './schema/policy-schema.ts';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/**
 * Parses a policy document. Never throws: an invalid document yields all problems at once, each with path, expected value,
 * found value and fix. `knownTiers`, if given, are the deployed tiers; naming another tier is an error.
 */
export function parsePolicy(text: string, knownTiers?: readonly string[]): ParsedPolicy {
  const document = readDocument(text);
  if (!document.ok) return failed([document.problem]);
  const result = policySchema.safeParse(document.value);
  const problems = [
    ...document.problems,
    ...(result.success ? [] : problemsOf(result.error.issues, document.value, 'policy', KNOWN_KEYS)),
    ...contradictions(document.value, knownTiers),
  ];
  problems.push(...unseenNames(document.value, new Set(problems.map(({ path }) => path))));
  return result.success && problems.length === 0 ? { ok: true, policy: result.data } : failed(problems);
}

export function explainProblems(problems: readonly PolicyProblem[]): string {
  return explainDocument('policy', problems);
}

/** The JSON Schema (draft 2020-12) of a policy document as written by a person, for editors and other tools. */
export function policyJsonSchema(): object {
  return { ...z.toJSONSchema(policySchema, { io: 'input' }), title: 'Tidegate policy' };
}

/** The schema's records drop a field of this name silently, so it must be reported separately. */
const UNSEEN = '__proto__';

/** A problem for every field of that name whose path has not been reported yet. */
function unseenNames(value: unknown, reported: ReadonlySet<string>, path: readonly string[] = []): PolicyProblem[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    const at = [...path, name];
    const isUnseen = name === UNSEEN && !reported.has(pathText(at));
    return [...(isUnseen ? [unseenProblem(at, each)] : []), ...unseenNames(each, reported, at)];
  });
}

function unseenProblem(path: readonly string[], found: unknown): PolicyProblem {
  return {
    path: pathText(path),
    expected: 'a field of the policy',
    found: show(found),
    fix: 'remove the field',
  };
}

function failed(problems: readonly PolicyProblem[]): ParsedPolicy {
  return { ok: false, problems };
}

/** Every field name of the schema, for suggestions. */
const KNOWN_KEYS: readonly string[] = [...new Set(namesIn(policyJsonSchema()))];

/** The names of all fields that a JSON Schema describes. */
export function namesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const properties: unknown = Reflect.get(node, 'properties');
  const own = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return [...own, ...Object.values(node).flatMap(namesIn)];
}
