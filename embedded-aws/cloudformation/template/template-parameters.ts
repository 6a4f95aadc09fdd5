import type { Parameter } from '@aws-sdk/client-cloudformation';
import { own } from '../../kernel/plain-records.ts';
import type { Json } from './json.ts';
import { type ParameterDeclaration, type Template, validationError } from './template-model.ts';

export type ParameterValues = Readonly<Record<string, Json>>;

const isList = (type: string): boolean => type === 'CommaDelimitedList' || type.startsWith('List<');

function constraintError(name: string, declared: ParameterDeclaration, text: string) {
  return validationError(
    declared.constraintDescription
      ? `Parameter ${name} failed to satisfy constraint: ${declared.constraintDescription}`
      : `Parameter ${name} ${text}`,
  );
}

function checked(name: string, declared: ParameterDeclaration, value: string): Json {
  const values = isList(declared.type) ? value.split(',').map((item) => item.trim()) : [value];
  for (const item of values) {
    if (declared.type.includes('Number') && !Number.isFinite(Number(item))) {
      throw validationError(`Parameter '${name}' must be a number.`);
    }
    if (declared.allowedValues && !declared.allowedValues.includes(item)) {
      throw validationError(`Parameter '${name}' must be one of AllowedValues`);
    }
    if (declared.allowedPattern && !new RegExp(`^(?:${declared.allowedPattern})$`).test(item)) {
      throw constraintError(
        name,
        declared,
        `failed to satisfy constraint: must match pattern ${declared.allowedPattern}`,
      );
    }
  }
  return isList(declared.type) ? values : value;
}

const SUPPORTED = /^(String|Number|CommaDelimitedList|List<(String|Number)>)$/;

/**
 * The value of every declared parameter: what the caller gives, `UsePreviousValue`, or the default.
 * @throws AwsError ValidationError for a missing, superfluous or unfit value.
 */
export function resolveParameters(
  template: Template,
  given: readonly Parameter[],
  previous: Readonly<Record<string, string>>,
): Record<string, string> {
  const declarations = Object.entries(template.parameters);
  const unknown = given.map(({ ParameterKey }) => ParameterKey ?? '').filter((key) => !(key in template.parameters));
  if (unknown.length > 0) {
    throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  }
  const byKey = new Map(given.map((parameter) => [parameter.ParameterKey, parameter]));
  const values = declarations.map(([name, declared]) => {
    const parameter = byKey.get(name);
    const value = parameter?.UsePreviousValue ? previous[name] : parameter?.ParameterValue;
    return [name, value ?? (declared.default === undefined ? undefined : String(declared.default))] as const;
  });
  const missing = values.filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  return Object.fromEntries(values) as Record<string, string>;
}

/** Parameter values as `Ref` yields them: lists split, everything checked against its declaration. */
export function typedParameters(template: Template, values: Readonly<Record<string, string>>): ParameterValues {
  const typed = Object.entries(template.parameters).map(([name, declared]) => {
    if (!SUPPORTED.test(declared.type)) {
      throw validationError(
        `Template format error: the embedded AWS does not implement the parameter type ${declared.type} of ${name}`,
      );
    }
    return [name, checked(name, declared, own(values, name) ?? '')] as const;
  });
  return Object.fromEntries(typed);
}
