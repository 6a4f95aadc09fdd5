import type * as z from 'zod';

/** One problem of a policy document, for its author. */
export interface PolicyProblem {
  /** Dotted path into the document; `(document)` for the whole document. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** How to fix the problem. */
  readonly fix: string;
  /** Line and column where JSON breaks off, if known; part of `found` too, which may not be shown of a secret. */
  readonly place?: string;
}

export const WHOLE_DOCUMENT = '(document)';

/**
 * Converts zod's issues into problems; an unknown key becomes a problem of its own, with the nearest known name.
 * @param what the kind of document, for example `policy`
 */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  document: unknown,
  what: string,
  knownKeys: readonly string[],
): PolicyProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue, document, what, knownKeys);
    const found = valueAt(document, issue.path);
    if (issue.code === 'invalid_union') return [unionProblem(issue.path, found)];
    return [
      { path: pathText(issue.path), expected: expectation(issue), found: show(found), fix: advice(issue, found) },
    ];
  });
}

function unionProblem(path: readonly PropertyKey[], found: unknown): PolicyProblem {
  const expected = '"never" or a whole number from 1 to 100';
  return { path: pathText(path), expected, found: show(found), fix: `write ${expected}` };
}

function unknownKeys(
  { path, keys }: z.core.$ZodIssueUnrecognizedKeys,
  document: unknown,
  what: string,
  knownKeys: readonly string[],
): PolicyProblem[] {
  return keys.map((key) => {
    const near = nearest(key, knownKeys);
    return {
      path: pathText([...path, key]),
      expected: `a field of the ${what}`,
      found: show(valueAt(document, [...path, key])),
      fix: near && near !== key ? `did you mean "${near}"? Otherwise remove the field` : 'remove the field',
    };
  });
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small') return `at least ${issue.minimum}${counted(issue.origin)}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}${counted(issue.origin)}`;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(show).join(', ')}`;
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? article(issue.expected);
  if (issue.code === 'invalid_format') return FORMATS[String(issue.path[0])] ?? issue.message;
  if (issue.code === 'invalid_key') return 'a method as /path/VERB, for example /orders/POST';
  return issue.message;
}

/** Words for zod's types that an author of a document would not know. */
const TYPES: Readonly<Record<string, string>> = { int: 'a whole number', record: 'an object' };

const counted = (origin: string): string => (origin === 'string' ? ' characters' : '');

const FORMATS: Readonly<Record<string, string>> = {
  api: 'REST API id, slash, stage name: "abc123/prod"',
  until: 'an instant with its zone: "2031-05-01T12:30:00Z"',
};

function advice(issue: z.core.$ZodIssue, found: unknown): string {
  if (found === undefined) return 'add the field';
  const isQuotedNumber = typeof found === 'string' && found.trim() !== '' && Number.isFinite(Number(found));
  // Stryker disable next-line ConditionalExpression: only a wrong type comes with an expected one.
  if (issue.code === 'invalid_type' && issue.expected === 'number') {
    return isQuotedNumber ? `write ${Number(found)} without quotes` : 'write a finite number';
  }
  if (issue.code === 'invalid_key') return 'write the path, a slash and the verb in capitals';
  return `write ${expectation(issue)}`;
}

export function pathText(path: readonly PropertyKey[]): string {
  return path.length === 0 ? WHOLE_DOCUMENT : path.map(String).join('.');
}

export function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** A value as JSON, cut to a readable length; infinities by name. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' && !Number.isFinite(value)) return `${value} (too large a number)`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The known word at an edit distance of at most a third of its length, or none. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known.map((other) => ({ other, distance: editDistance(word.toLowerCase(), other.toLowerCase()) }));
  const best = ranked.sort((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= Math.max(1, best.other.length / 3) ? best.other : undefined;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
