import { AwsError } from '../../kernel/aws-error.ts';

export const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message);

export const notFound = (what: string): AwsError =>
  new AwsError('ResourceNotFoundException', `The specified ${what} does not exist.`);

export const alreadyExists = (what: string): AwsError =>
  new AwsError('ResourceAlreadyExistsException', `The specified ${what} already exists`);

/** @throws AwsError when a name breaks AWS's rules; `member` is the input's member that holds it. */
export function assertName(name: string | undefined, member: string, pattern: RegExp, longest: number): string {
  const text = name ?? '';
  if (text.length > longest) {
    throw invalidParameter(
      `1 validation error detected: Value '${text}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${longest}`,
    );
  }
  if (!pattern.test(text)) {
    throw invalidParameter(
      `1 validation error detected: Value '${text}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`,
    );
  }
  return text;
}
