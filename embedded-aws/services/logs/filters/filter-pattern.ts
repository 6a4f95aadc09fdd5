import { AwsError } from '../../../kernel/aws-error.ts';
import { compileJsonPattern } from './json-pattern.ts';

/** Whether a log message matches a filter pattern. */
export type Matcher = (message: string) => boolean;

/**
 * Compiles a CloudWatch Logs filter pattern: empty (everything), terms (`ERROR "two words" -debug ?either ?or`), or a
 * JSON selector (`{ $.status = 429 && $.tier = "premium" }`).
 * @throws AwsError InvalidParameterException for a pattern that cannot be read; NotImplemented for `[a, b]`.
 */
export function compilePattern(pattern: string): Matcher {
  const trimmed = pattern.trim();
  if (trimmed === '') return () => true;
  if (trimmed.startsWith('{')) return compileJsonPattern(trimmed);
  if (trimmed.startsWith('[')) {
    throw new AwsError('NotImplemented', 'The embedded AWS does not implement space-delimited filter patterns.', {
      status: 501,
    });
  }
  return compileTerms(trimmed);
}

function compileTerms(pattern: string): Matcher {
  const required: string[] = [];
  const optional: string[] = [];
  const excluded: string[] = [];
  for (const [, sign, quoted, bare] of pattern.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)) {
    const term = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
    const terms = sign === '?' ? optional : sign === '-' ? excluded : required;
    terms.push(term);
  }
  return (message) =>
    required.every((term) => message.includes(term)) &&
    !excluded.some((term) => message.includes(term)) &&
    (optional.length === 0 || optional.some((term) => message.includes(term)));
}
