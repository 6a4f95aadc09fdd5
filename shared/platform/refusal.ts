/** Why something that came from outside was not taken, for whoever sent it. */
export interface Refusal {
  /** Dotted path into it; `(event)` for the whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** What to do about it. */
  readonly fix: string;
}

export const WHOLE_EVENT = '(event)';

/** One line for the log. */
export function explainRefusal({ path, expected, found, fix }: Refusal): string {
  return `${path}: expected ${expected}; found ${found}. Fix: ${fix}.`;
}

/** What kind of thing a value is. Never what it says: it is anybody's, and may be a secret or a forged log line. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
