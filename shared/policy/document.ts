import { nestingOf } from '../platform/nesting.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { type PolicyProblem, WHOLE_DOCUMENT } from './problems.ts';

/** Parameter Store's limit for a standard parameter, in bytes; a policy or an override needs far less. */
export const LONGEST_DOCUMENT_BYTES = 4096;

/** No document needs as many levels; whatever walks the document by recursion bears them. */
const MOST_LEVELS = 20;
/** An explanation is stored with decisions, whose size is limited: so many problems, each part cut to so many characters. */
const MOST_PROBLEMS = 20;
const LONGEST_PART = 150;

/** A parsed document, or the one problem that prevents parsing. */
export type ReadDocument =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Duplicate fields, reported together with all other problems. */
      readonly problems: readonly PolicyProblem[];
    }
  | { readonly ok: false; readonly problem: PolicyProblem };

/** Reads the text of a parameter. Never throws. */
export function readDocument(text: string): ReadDocument {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > LONGEST_DOCUMENT_BYTES) return { ok: false, problem: tooLong(bytes) };
  const levels = nestingOf(text);
  if (levels > MOST_LEVELS) return { ok: false, problem: tooDeep(levels) };
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value, problems: duplicateKeys(text).map(duplicateProblem) };
  } catch (error) {
    return { ok: false, problem: notJson(error instanceof Error ? error.message : String(error), text) };
  }
}

/** The problems as numbered lines for a person. */
export function explainDocument(what: string, problems: readonly PolicyProblem[]): string {
  const head = `The ${what} was refused: ${problems.length} problem${problems.length === 1 ? '' : 's'}.`;
  const lines = problems
    .slice(0, MOST_PROBLEMS)
    .map(
      ({ path, expected, found, fix }, index) =>
        `${index + 1}. ${short(path)}: expected ${short(expected)}; found ${short(found)}. Fix: ${short(fix)}.`,
    );
  const more = problems.length - lines.length;
  return [head, ...lines, ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n');
}

const short = (text: string): string => (text.length > LONGEST_PART ? `${text.slice(0, LONGEST_PART - 1)}…` : text);

function tooDeep(levels: number): PolicyProblem {
  return {
    path: WHOLE_DOCUMENT,
    expected: `at most ${MOST_LEVELS} levels`,
    found: `${levels} levels`,
    fix: 'remove levels',
  };
}

function tooLong(bytes: number): PolicyProblem {
  const fix = 'remove fields that only repeat their default';
  return { path: WHOLE_DOCUMENT, expected: `at most ${LONGEST_DOCUMENT_BYTES} bytes`, found: `${bytes} bytes`, fix };
}

function duplicateProblem(path: string): PolicyProblem {
  return { path, expected: 'each field at most once', found: 'the field twice', fix: 'keep one of the two' };
}

function notJson(message: string, text: string): PolicyProblem {
  const place = placeOf(message, text);
  const isSaid = /line \d+ column \d/.test(message);
  const found = `invalid JSON: ${message}${place === undefined || isSaid ? '' : ` (${place})`}`;
  const fix = 'look near that place for a missing comma, quote or brace; JSON has no comments and no trailing commas';
  return { path: WHOLE_DOCUMENT, expected: 'a JSON object', found, fix, ...(place !== undefined && { place }) };
}

/** Line and column, from the runtime's message, which may give both, only a position, or the end of the text. */
function placeOf(message: string, text: string): string | undefined {
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  if (line !== undefined) return `line ${line}, column ${column}`;
  const position = Number(
    /position (\d+)/.exec(message)?.[1] ?? (/end of JSON/.test(message) ? text.length : Number.NaN),
  );
  if (!Number.isFinite(position)) return undefined;
  const before = text.slice(0, position);
  return `line ${before.split('\n').length}, column ${before.length - before.lastIndexOf('\n')}`;
}
