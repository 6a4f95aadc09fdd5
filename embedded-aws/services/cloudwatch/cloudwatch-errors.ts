import { AwsError } from '../../kernel/aws-error.ts';

// The shapes' names; clients of the query protocol see them without `Exception`.
export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);

export const invalidCombination = (message: string): AwsError =>
  new AwsError('InvalidParameterCombinationException', message);

export const missingParameter = (name: string): AwsError =>
  new AwsError('MissingRequiredParameterException', `The parameter ${name} is required.`);

export const validationError = (message: string): AwsError => new AwsError('ValidationException', message);
