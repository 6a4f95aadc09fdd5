import { asFunction, type Json } from './json.ts';
import { validationError } from './template-model.ts';

/** A name that an expression reads: a resource or parameter (`attribute` absent), or a resource's attribute. */
export interface Reference {
  readonly name: string;
  readonly attribute?: string;
}

const PLACEHOLDER = /\$\{(!?)([^}]*)\}/g;

/** Splits `Resource.Attr.Sub` at the first dot. */
export function toReference(text: string): Reference {
  const dot = text.indexOf('.');
  return dot < 0 ? { name: text } : { name: text.slice(0, dot), attribute: text.slice(dot + 1) };
}

/** Replaces every `${Name}`; `${!Name}` stands for a literal `${Name}`. */
export function substitute(text: string, read: (name: string) => string): string {
  return text.replace(PLACEHOLDER, (_match, bang: string, name: string) => (bang ? `\${${name}}` : read(name.trim())));
}

export function getAttArgument(argument: Json): { name: string; attribute: Json } {
  if (typeof argument === 'string') {
    const { name, attribute } = toReference(argument);
    if (attribute !== undefined) return { name, attribute };
  } else if (Array.isArray(argument) && argument.length === 2) {
    const [name, attribute] = argument;
    if (typeof name === 'string' && attribute !== undefined) return { name, attribute };
  }
  throw validationError(
    'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
  );
}

function subReferences(argument: Json): Reference[] {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const names: string[] = [];
  if (typeof text === 'string') {
    substitute(text, (name) => {
      names.push(name);
      return '';
    });
  }
  const own = new Set(Object.keys((variables ?? {}) as object));
  return [...names.filter((name) => !own.has(name)).map(toReference), ...references(variables ?? {})];
}

/**
 * Every name that an expression reads. Only the branch of `Fn::If` that `condition` selects counts, as in AWS; without
 * `condition`, both do.
 */
export function references(value: Json, condition?: (name: string) => boolean): Reference[] {
  const call = asFunction(value);
  const walk = (inner: Json): Reference[] => references(inner, condition);
  if (call?.name === 'Ref') return [{ name: String(call.argument) }];
  if (call?.name === 'Condition') return [];
  if (call?.name === 'Fn::GetAtt') {
    const { name, attribute } = getAttArgument(call.argument);
    return [{ name, attribute: String(attribute) }, ...walk(attribute)];
  }
  if (call?.name === 'Fn::Sub') return subReferences(call.argument);
  if (call?.name === 'Fn::If' && condition && Array.isArray(call.argument)) {
    return walk(call.argument[condition(String(call.argument[0])) ? 1 : 2] ?? null);
  }
  if (Array.isArray(value)) return value.flatMap(walk);
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(walk) : [];
}
