import type { Parameter } from '../../../shared/platform/aws/parameters.ts';
import { describeError } from '../../../shared/platform/errors.ts';
import type { PolicyProblem } from '../../../shared/policy/problems.ts';
import type { KnownGood } from '../../../shared/state/known-documents.ts';

const NOT_SHOWN = {
  found: 'a value that is not shown, because the parameter is a SecureString',
  fix: 'correct this place; a parameter of type String shows its values here',
};

/**
 * The problems of a refused document for logs, decisions and notices, which more people may read than the document: of a
 * `SecureString` the places and what is expected there, but no values.
 */
export function withShownValues(
  problems: readonly PolicyProblem[],
  { isSecret }: Pick<Parameter, 'isSecret'>,
): readonly PolicyProblem[] {
  if (!isSecret) return problems;
  return problems.map(({ path, expected, place }) => ({
    path: place === undefined ? path : `${path}, ${place}`,
    expected,
    ...NOT_SHOWN,
  }));
}

/** Why a version is refused whose check ended in an error. */
export function whyUnchecked(error: unknown, { isSecret }: Pick<Parameter, 'isSecret'>): string {
  const said = isSecret && error instanceof Error ? error.name : describeError(error);
  return `The version could not be checked (${said}). Control tries again at every look. Fix: simplify the document, and report the error.`;
}

/** The last good version as a parameter. It is not known whether the parameter is a `SecureString`. */
export function asParameter(good: KnownGood): Parameter {
  const { name, version, document, modifiedMs } = good;
  return { name, version, value: document, isSecret: true, ...(modifiedMs !== undefined && { modifiedMs }) };
}
