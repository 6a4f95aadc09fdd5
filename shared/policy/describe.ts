import { policyJsonSchema } from './parse.ts';

/** One field of the policy, as the table in docs/policy.md shows it. */
export interface PolicyField {
  readonly path: string;
  readonly initial: string;
  readonly range: string;
  readonly unit: string;
  /** The field's description, with the effect of a larger and a smaller value. */
  readonly meaning: string;
}

/** Every field of the policy, read from its JSON Schema; tiers that the policy does not name appear as `tiers.<other>`. */
export function policyFields(): PolicyField[] {
  return fieldsOf(policyJsonSchema(), '');
}

function fieldsOf(node: unknown, path: string): PolicyField[] {
  const properties = Object.entries(objectIn(node, 'properties'));
  if (properties.length === 0) return [fieldOf(node, path)];
  const children = properties.flatMap(([name, child]) => fieldsOf(child, path === '' ? name : `${path}.${name}`));
  const other = Object.keys(objectIn(node, 'additionalProperties')).length > 0;
  return other ? [...children, ...fieldsOf(get(node, 'additionalProperties'), `${path}.<other>`)] : children;
}

function fieldOf(node: unknown, path: string): PolicyField {
  const initial = get(node, 'default');
  return {
    path,
    initial: initial === undefined ? 'none' : JSON.stringify(initial),
    range: rangeOf(node),
    unit: unitOf(path),
    meaning: String(get(node, 'description') ?? ''),
  };
}

function rangeOf(node: unknown): string {
  const options = get(node, 'enum');
  if (Array.isArray(options)) return options.join(', ');
  const anyOf = get(node, 'anyOf');
  if (Array.isArray(anyOf)) return anyOf.map(rangeOf).join(' or ');
  const constant = get(node, 'const');
  if (constant !== undefined) return String(constant);
  const least = get(node, 'minimum');
  const most = get(node, 'maximum');
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  const values = objectIn(node, 'additionalProperties');
  return Object.keys(values).length > 0 ? `each ${rangeOf(values)}` : 'text';
}

/** The unit, from the first ending of `UNITS` that matches the field's name. */
function unitOf(path: string): string {
  const name = path.split('.').at(-1) ?? path;
  return UNITS.find(([ending]) => name.endsWith(ending))?.[1] ?? '';
}

const UNITS: readonly (readonly [ending: string, unit: string])[] = [
  ['Cups', 'cost units/s'],
  ['Rps', 'requests/s'],
  ['Seconds', 's'],
  ['Ms', 'ms'],
  ['Share', 'share'],
  ['Factor', 'factor'],
  ['Percentile', 'per cent'],
  ['PerHour', 'per hour'],
  ['Requests', 'requests'],
  ['methodCost', 'cost units'],
  ['Samples', 'answers'],
  ['Keys', 'keys'],
  ['Cuts', 'cuts'],
  ['Attempts', 'attempts'],
  ['weight', 'weight'],
  ['Deviations', 'standard deviations'],
  ['Variance', 'variance'],
  ['Rounds', 'rounds'],
];

function get(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined;
}

function objectIn(node: unknown, key: string): object {
  const value = get(node, key);
  return typeof value === 'object' && value !== null ? value : {};
}
