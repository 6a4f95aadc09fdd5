/** Why an input from outside was refused, for its sender. */
export interface Refusal {
  /** Dotted path into the input; `(event)` for the whole input. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** How to fix the problem. */
  readonly fix: string;
}

export const WHOLE_EVENT = '(event)';

/** The refusal in one line, for the log. */
export function explainRefusal({ path, expected, found, fix }: Refusal): string {
  return `${path}: expected ${expected}; found ${found}. Fix: ${fix}.`;
}

/** The type of a value, never its content, which is untrusted and may be a secret or a forged log line. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
