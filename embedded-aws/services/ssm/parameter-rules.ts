import { AwsError } from '../../kernel/aws-error.ts';
import type { ParameterKind, ParameterTierName } from './parameter.ts';

const STANDARD_LIMIT_BYTES = 4096;
const ADVANCED_LIMIT_BYTES = 8192;
const MOST_LEVELS = 15;
const LONGEST_NAME = 1011;
const KINDS: readonly string[] = ['String', 'StringList', 'SecureString'];

export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

/** @throws AwsError when a parameter of this name cannot be made. */
export function assertName(name: string): void {
  if (/^\/(aws|ssm)/i.test(name)) {
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  if (/^(aws|ssm)/i.test(name)) {
    throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
  if (name.includes('/') && !name.startsWith('/')) throw invalid('Parameter name must be a fully qualified name.');
  if (name.split('/').length - 1 > MOST_LEVELS) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `Hierarchy level for parameter name has exceeded the limit of ${MOST_LEVELS}.`,
    );
  }
  if (!/^(\/?[\w.-]+)(\/[\w.-]+)*$/.test(name) || name.length > LONGEST_NAME) {
    throw invalid(
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
}

/** @throws AwsError when the value cannot be stored. */
export function assertValue(value: string, tier: ParameterTierName, allowedPattern: string | undefined): void {
  if (value === '') {
    throw invalid(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  }
  if (/\{\{.*\}\}/s.test(value)) {
    throw invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  }
  assertSize(value, tier);
  if (allowedPattern !== undefined && !patternOf(allowedPattern).test(value)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${allowedPattern}`,
    );
  }
}

function patternOf(allowedPattern: string): RegExp {
  try {
    return new RegExp(`^(?:${allowedPattern})$`);
  } catch {
    throw new AwsError(
      'InvalidAllowedPatternException',
      `The regular expression pattern for the parameter is not valid: ${allowedPattern}`,
    );
  }
}

function assertSize(value: string, tier: ParameterTierName): void {
  const bytes = Buffer.byteLength(value);
  if (tier === 'Standard' && bytes > STANDARD_LIMIT_BYTES) {
    throw invalid(
      `Standard tier parameters support a maximum parameter value of ${STANDARD_LIMIT_BYTES} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
  }
  if (bytes > ADVANCED_LIMIT_BYTES) {
    throw invalid(`Advanced tier parameters support a maximum parameter value of ${ADVANCED_LIMIT_BYTES} characters.`);
  }
}

/** @throws AwsError when the type is not one of Parameter Store's three. */
export function assertKind(kind: string): ParameterKind {
  if (KINDS.includes(kind)) return kind as ParameterKind;
  throw invalid(
    `1 validation error detected: Value '${kind}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]`,
  );
}

/** The tier in which a value is stored. Advanced never goes back to Standard. */
export function chooseTier(
  wanted: string | undefined,
  present: ParameterTierName | undefined,
  value: string,
): ParameterTierName {
  if (wanted === 'Standard' && present === 'Advanced') {
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  if (wanted === 'Advanced' || present === 'Advanced') return 'Advanced';
  return wanted === 'Intelligent-Tiering' && Buffer.byteLength(value) > STANDARD_LIMIT_BYTES ? 'Advanced' : 'Standard';
}

/** Labels start with a letter or underscore, never with `aws` or `ssm`, and have at most 100 characters. */
export const isLabel = (label: string): boolean => /^[a-zA-Z_][\w.-]{0,99}$/.test(label) && !/^(aws|ssm)/i.test(label);
