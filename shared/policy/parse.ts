import * as z from 'zod';
import { contradictions } from './consistency.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { type PolicyProblem, problemsOf, WHOLE_DOCUMENT } from './problems.ts';
import { type Policy, policySchema } from './schema.ts';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Parameter Store's limit for a standard parameter, in bytes; a policy needs far less. */
export const LONGEST_POLICY_BYTES = 4096;

/**
 * Reads a policy document. Never throws: a bad document yields every problem at once, each with path, expectation,
 * finding and remedy. `knownTiers`, where given, are the tiers that the template deploys; naming another is an error.
 */
export function parsePolicy(text: string, knownTiers?: readonly string[]): ParsedPolicy {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > LONGEST_POLICY_BYTES) return failed([tooLong(bytes)]);
  const document = parseJson(text);
  if (!document.ok) return failed([document.problem]);
  const result = policySchema.safeParse(document.value);
  const problems = [
    ...duplicateKeys(text).map(duplicateProblem),
    ...(result.success ? [] : problemsOf(result.error.issues, document.value, KNOWN_KEYS)),
    ...contradictions(document.value, knownTiers),
  ];
  return result.success && problems.length === 0 ? { ok: true, policy: result.data } : failed(problems);
}

/** The problems as a person reads them: one paragraph each, numbered. */
export function explainProblems(problems: readonly PolicyProblem[]): string {
  const head = `The policy was refused: ${problems.length} problem${problems.length === 1 ? '' : 's'}.`;
  const lines = problems.map(
    ({ path, expected, found, mend }, index) =>
      `${index + 1}. ${path}: expected ${expected}; found ${found}. To mend it: ${mend}.`,
  );
  return [head, ...lines].join('\n');
}

/** The schema for editors and for other tools (JSON Schema, draft 2020-12), of what a person may write. */
export function policyJsonSchema(): object {
  return { ...z.toJSONSchema(policySchema, { io: 'input' }), title: 'Tidegate policy' };
}

function failed(problems: readonly PolicyProblem[]): ParsedPolicy {
  return { ok: false, problems };
}

function tooLong(bytes: number): PolicyProblem {
  const mend = 'leave out fields that only repeat their default';
  return { path: WHOLE_DOCUMENT, expected: `at most ${LONGEST_POLICY_BYTES} bytes`, found: `${bytes} bytes`, mend };
}

function duplicateProblem(path: string): PolicyProblem {
  return { path, expected: 'each field once', found: 'the same field again', mend: 'keep one of the two' };
}

type Json = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: PolicyProblem };

function parseJson(text: string): Json {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const found = `${message}${placeOf(message, text)}`;
    const mend = 'look there for a missing comma, quote or brace; comments and trailing commas are not JSON';
    return { ok: false, problem: { path: WHOLE_DOCUMENT, expected: 'a JSON object', found, mend } };
  }
}

/** Line and column, where the runtime's message names only a position, or only that the text ended. */
function placeOf(message: string, text: string): string {
  if (/line \d+ column \d+/.test(message)) return '';
  const position = Number(
    /position (\d+)/.exec(message)?.[1] ?? (/end of JSON/.test(message) ? text.length : Number.NaN),
  );
  if (!Number.isFinite(position)) return '';
  const before = text.slice(0, position).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`;
}

/** Every field name the schema knows, for suggestions. */
const KNOWN_KEYS: readonly string[] = [...new Set(namesIn(policyJsonSchema()))];

function namesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const properties: unknown = Reflect.get(node, 'properties');
  const own = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return [...own, ...Object.values(node).flatMap(namesIn)];
}
