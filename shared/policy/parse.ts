import * as z from 'zod';
import { contradictions } from './consistency.ts';
import { explainDocument, readDocument } from './document.ts';
import { type PolicyProblem, pathText, problemsOf, show } from './problems.ts';
import { type Policy, policySchema } from './schema/policy-schema.ts';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/**
 * Reads a policy document. Never throws: a bad document yields every problem at once, each with path, expectation,
 * finding and remedy. `knownTiers`, where given, are the tiers that the template deploys; naming another is an error.
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

/** The schema for editors and for other tools (JSON Schema, draft 2020-12), of what a person may write. */
export function policyJsonSchema(): object {
  return { ...z.toJSONSchema(policySchema, { io: 'input' }), title: 'Tidegate policy' };
}

/** A record of the schema loses a field of this name, so that what it says would be ignored without a word. */
const UNSEEN = '__proto__';

/** Every field of that name whose path is not among the reported ones. */
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

/** Every field name the schema knows, for suggestions. */
const KNOWN_KEYS: readonly string[] = [...new Set(namesIn(policyJsonSchema()))];

/** The names of all fields that a JSON Schema describes. */
export function namesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const properties: unknown = Reflect.get(node, 'properties');
  const own = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return [...own, ...Object.values(node).flatMap(namesIn)];
}
