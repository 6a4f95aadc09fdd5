import { own } from '../../kernel/plain-records.ts';
import { isObject, type Json } from './json.ts';
import { AVAILABILITY_ZONES } from './pseudo.ts';
import { getAttArgument, substitute, toReference } from './references.ts';
import type { Scope } from './scope.ts';
import { LANGUAGE_EXTENSIONS, validationError } from './template-model.ts';

/** `read` evaluates an inner expression. */
export type FunctionBody = (argument: Json, scope: Scope, read: (inner: Json) => Json) => Json | undefined;

const templateError = (text: string) => validationError(`Template error: ${text}`);

/** @throws AwsError when the value is no list. */
export function asList(value: Json | undefined, name: string): Json[] {
  if (!Array.isArray(value)) throw templateError(`${name} needs a list`);
  return value;
}

function asText(value: Json | undefined, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw templateError(`${name} needs a string, found ${JSON.stringify(value)}`);
}

const readAttribute: FunctionBody = (argument, scope, read) => {
  const { name, attribute } = getAttArgument(argument);
  return scope.attribute(name, asText(read(attribute), 'Fn::GetAtt'));
};

const sub: FunctionBody = (argument, scope, read) => {
  const [text, given] = Array.isArray(argument) ? argument : [argument, {}];
  const variables = isObject(given) ? given : {};
  return substitute(asText(text, 'Fn::Sub'), (name) => {
    const variable = own(variables, name);
    if (variable !== undefined) return asText(read(variable), 'Fn::Sub');
    const { name: target, attribute } = toReference(name);
    return asText(attribute === undefined ? scope.ref(name) : scope.attribute(target, attribute), 'Fn::Sub');
  });
};

const join: FunctionBody = (argument, _scope, read) => {
  const [separator, items] = asList(argument, 'Fn::Join');
  const parts = asList(read(items ?? null), 'Fn::Join').map((item) => asText(item, 'Fn::Join'));
  return parts.join(asText(separator, 'Fn::Join'));
};

const split: FunctionBody = (argument, _scope, read) => {
  const [separator, text] = asList(argument, 'Fn::Split');
  return asText(read(text ?? null), 'Fn::Split').split(asText(separator, 'Fn::Split'));
};

const select: FunctionBody = (argument, _scope, read) => {
  const [index, items] = asList(argument, 'Fn::Select');
  const list = asList(read(items ?? null), 'Fn::Select');
  const value = list[Number(read(index ?? null))];
  if (value === undefined) throw templateError(`Fn::Select cannot select nonexistent value at index ${String(index)}`);
  return value;
};

const findInMap: FunctionBody = (argument, scope, read) => {
  const [map, first, second] = asList(argument, 'Fn::FindInMap').map((part) => asText(read(part), 'Fn::FindInMap'));
  const top = scope.mappings[map ?? ''];
  const level = isObject(top) ? top[first ?? ''] : undefined;
  const value = isObject(level) ? level[second ?? ''] : undefined;
  if (value === undefined) throw templateError(`Unable to get mapping for ${map}::${first}::${second}`);
  return value;
};

const isTrue = (value: Json): boolean => value === true || value === 'true';
const truths = (argument: Json, name: string, read: (inner: Json) => Json): boolean[] =>
  asList(argument, name).map((item) => isTrue(read(item)));

const equals: FunctionBody = (argument, _scope, read) => {
  const [left, right] = asList(argument, 'Fn::Equals').map(read);
  const canonical = (value: Json | undefined) => JSON.stringify(typeof value === 'object' ? value : String(value));
  return canonical(left) === canonical(right);
};

function extended(name: string, body: FunctionBody): FunctionBody {
  return (argument, scope, read) => {
    if (!scope.hasLanguageExtensions) throw templateError(`${name} needs the transform ${LANGUAGE_EXTENSIONS}`);
    return body(argument, scope, read);
  };
}

export const FUNCTIONS: Readonly<Record<string, FunctionBody>> = {
  Ref: (argument, scope) => scope.ref(asText(argument, 'Ref')),
  Condition: (argument, scope) => scope.condition(asText(argument, 'Condition')),
  'Fn::GetAtt': readAttribute,
  'Fn::Sub': sub,
  'Fn::Join': join,
  'Fn::Split': split,
  'Fn::Select': select,
  'Fn::FindInMap': findInMap,
  'Fn::Equals': equals,
  'Fn::And': (argument, _scope, read) => truths(argument, 'Fn::And', read).every(Boolean),
  'Fn::Or': (argument, _scope, read) => truths(argument, 'Fn::Or', read).some(Boolean),
  'Fn::Not': (argument, _scope, read) => !truths(argument, 'Fn::Not', read)[0],
  'Fn::Base64': (argument, _scope, read) => Buffer.from(asText(read(argument), 'Fn::Base64')).toString('base64'),
  'Fn::ImportValue': (argument, scope, read) => scope.importValue(asText(read(argument), 'Fn::ImportValue')),
  'Fn::GetAZs': () => [...AVAILABILITY_ZONES],
  'Fn::ToJsonString': extended('Fn::ToJsonString', (argument, _scope, read) => JSON.stringify(read(argument))),
  'Fn::Length': extended('Fn::Length', (argument, _scope, read) => asList(read(argument), 'Fn::Length').length),
};
