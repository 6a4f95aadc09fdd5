import * as z from 'zod';
import type { Limit } from '../limits/limit.ts';
import type { EpochMs, TierName } from '../platform/units.ts';
import { explainDocument, readDocument } from './document.ts';
import { namesIn } from './parse.ts';
import { type PolicyProblem, problemsOf, show, valueAt } from './problems.ts';
import {
  actionSchema,
  DAY_MS,
  LONGEST_PIN_DAYS,
  latestEndMs,
  type Override,
  overrideSchemas,
  type Pin,
} from './schema/override-schema.ts';

export type ParsedOverride =
  | { readonly ok: true; readonly override: Override }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** The facts against which an override is checked besides its schema; absent facts are not checked. */
export interface Deployed {
  /** The deployed limits: a pin may name only these, and may exceed them only with `aboveBaseline`. */
  readonly baseline?: { readonly stage: Limit; readonly tiers: Readonly<Record<TierName, Limit>> };
  /** When the document was or will be stored. */
  readonly putMs?: EpochMs;
}

/**
 * Parses an override document as strictly as a policy and with the same messages, but by its own schema, so that neither can
 * break the other. Never throws.
 */
export function parseOverride(text: string, deployed: Deployed = {}): ParsedOverride {
  const document = readDocument(text);
  if (!document.ok) return { ok: false, problems: [document.problem] };
  const problems = [...document.problems];
  const action = actionSchema.safeParse(document.value);
  if (!action.success) return { ok: false, problems: [...problems, ...worded(action.error, document.value)] };
  const result = overrideSchemas[action.data.action].safeParse(document.value);
  if (!result.success) problems.push(...worded(result.error, document.value));
  problems.push(...pinProblems(document.value, deployed.baseline && Object.keys(deployed.baseline.tiers)));
  if (action.data.action === 'pin') problems.push(...pinExcesses(validParts(document.value), deployed));
  return result.success && problems.length === 0 ? { ok: true, override: result.data } : { ok: false, problems };
}

/** The fields of a pin that are valid by themselves, so that one wrong field hides no problem of another. */
function validParts(document: unknown): Partial<Pin> {
  const parts = Object.entries(overrideSchemas.pin.shape).flatMap(([name, schema]) => {
    const { data } = schema.safeParse(valueAt(document, [name]));
    return data === undefined ? [] : [[name, data] as const];
  });
  return Object.fromEntries(parts);
}

/** The limits of a pin that exceed their deployed baseline, with their paths in the document. */
export function aboveBaseline(
  { stage, tiers = {} }: Partial<Pin>,
  baseline: NonNullable<Deployed['baseline']>,
): { readonly path: string; readonly limit: Limit; readonly most: Limit }[] {
  const pinned = [
    { path: 'stage', limit: stage, most: baseline.stage },
    ...Object.entries(tiers).map(([tier, limit]) => ({ path: `tiers.${tier}`, limit, most: baseline.tiers[tier] })),
  ];
  return pinned.flatMap(({ path, limit, most }) => {
    const isAbove = limit && most && (limit.rateRps > most.rateRps || limit.burst > most.burst);
    return isAbove ? [{ path, limit, most }] : [];
  });
}

/** Limits and times that are valid in themselves but exceed what a pin may ask for. */
function pinExcesses(pin: Partial<Pin>, { baseline, putMs }: Deployed): PolicyProblem[] {
  const { until = '' } = pin;
  const late = putMs !== undefined && Date.parse(until) > latestEndMs(putMs) ? [lateProblem(until, putMs)] : [];
  if (!baseline || pin.aboveBaseline) return late;
  const high = aboveBaseline(pin, baseline).map(({ path, limit, most }) => ({
    path,
    expected: `at most the deployed baseline, ${figures(most)}`,
    found: figures(limit),
    fix: 'pin at most the baseline, or allow more with --above-baseline or "aboveBaseline": true in the document',
  }));
  return [...late, ...high];
}

function lateProblem(until: string, putMs: EpochMs): PolicyProblem {
  const last = new Date(putMs + LONGEST_PIN_DAYS * DAY_MS).toISOString();
  const expected = `a time at most ${LONGEST_PIN_DAYS} days after the edit, that is until ${last}`;
  const fix = 'choose a shorter time and pin again later; put permanent limits into the policy or the template';
  return { path: 'until', expected, found: show(until), fix };
}

/** A limit in the notation of the command line, for example `50/100`. */
function figures({ rateRps, burst }: Limit): string {
  return `${rateRps}/${burst}`;
}

export function explainOverrideProblems(problems: readonly PolicyProblem[]): string {
  return explainDocument('override', problems);
}

function worded(error: z.ZodError, document: unknown): PolicyProblem[] {
  return problemsOf(error.issues, document, 'override', KNOWN_KEYS);
}

/** Checks beyond the schema: a pin names at least one limit, and only existing tiers. */
function pinProblems(document: unknown, knownTiers: readonly string[] | undefined): PolicyProblem[] {
  if (valueAt(document, ['action']) !== 'pin') return [];
  const tiers = valueAt(document, ['tiers']);
  const names = typeof tiers === 'object' && tiers !== null && !Array.isArray(tiers) ? Object.keys(tiers) : [];
  if (names.length === 0 && valueAt(document, ['stage']) === undefined) {
    const fix = 'add "stage" or "tiers", each with "rateRps" and "burst"';
    return [{ path: 'tiers', expected: 'at least one tier, or the stage', found: show(tiers), fix }];
  }
  if (!knownTiers) return [];
  const unknown = names.filter((name) => !knownTiers.includes(name));
  return unknown.map((name) => ({
    path: `tiers.${name}`,
    expected: `one of ${knownTiers.join(', ')}`,
    found: show(valueAt(tiers, [name])),
    fix: 'use a tier that config/tiers.yml deploys, or remove this one',
  }));
}

const KNOWN_KEYS: readonly string[] = [
  ...new Set(Object.values(overrideSchemas).flatMap((schema) => namesIn(z.toJSONSchema(schema)))),
];
