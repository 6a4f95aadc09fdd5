import * as z from 'zod';
import { explainDocument, readDocument } from './document.ts';
import { actionSchema, type Override, overrideSchemas } from './override-schema.ts';
import { namesIn } from './parse.ts';
import { type PolicyProblem, problemsOf, show, valueAt } from './problems.ts';

export type ParsedOverride =
  | { readonly ok: true; readonly override: Override }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/**
 * Reads an override document as strictly as a policy, and with the same words, but by a schema of its own: neither can
 * break the other. Never throws. `knownTiers`, where given, are the tiers that the template deploys.
 */
export function parseOverride(text: string, knownTiers?: readonly string[]): ParsedOverride {
  const document = readDocument(text);
  if (!document.ok) return { ok: false, problems: [document.problem] };
  const problems = [...document.problems];
  const action = actionSchema.safeParse(document.value);
  if (!action.success) return { ok: false, problems: [...problems, ...worded(action.error, document.value)] };
  const result = overrideSchemas[action.data.action].safeParse(document.value);
  if (!result.success) problems.push(...worded(result.error, document.value));
  problems.push(...pinProblems(document.value, knownTiers));
  return result.success && problems.length === 0 ? { ok: true, override: result.data } : { ok: false, problems };
}

export function explainOverrideProblems(problems: readonly PolicyProblem[]): string {
  return explainDocument('override', problems);
}

function worded(error: z.ZodError, document: unknown): PolicyProblem[] {
  return problemsOf(error.issues, document, 'override', KNOWN_KEYS);
}

/** What the schema cannot say of a pin: it must hold something, and only what exists. */
function pinProblems(document: unknown, knownTiers: readonly string[] | undefined): PolicyProblem[] {
  if (valueAt(document, ['action']) !== 'pin') return [];
  const tiers = valueAt(document, ['tiers']);
  const names = typeof tiers === 'object' && tiers !== null && !Array.isArray(tiers) ? Object.keys(tiers) : [];
  if (names.length === 0 && valueAt(document, ['stage']) === undefined) {
    const mend = 'add "stage" or "tiers", each with "rateRps" and "burst"';
    return [{ path: 'tiers', expected: 'a tier or the stage to hold', found: show(tiers), mend }];
  }
  if (!knownTiers) return [];
  const unknown = names.filter((name) => !knownTiers.includes(name));
  return unknown.map((name) => ({
    path: `tiers.${name}`,
    expected: `one of ${knownTiers.join(', ')}`,
    found: show(valueAt(tiers, [name])),
    mend: 'use a tier that config/tiers.yml deploys, or remove this one',
  }));
}

const KNOWN_KEYS: readonly string[] = [
  ...new Set(Object.values(overrideSchemas).flatMap((schema) => namesIn(z.toJSONSchema(schema)))),
];
