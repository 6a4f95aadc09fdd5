import { own } from '../../kernel/plain-records.ts';
/** An event pattern, parsed: names to the values that may stand there, or to patterns one level down. */
export interface EventPattern {
  readonly [name: string]: unknown;
}

export type Json = unknown;

export const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether `event` fits `pattern`: every name of the pattern must be there with one of the values listed; a list in
 * the event fits when one of its elements does. `$or` needs one of its alternatives.
 */
export function matches(pattern: EventPattern, event: Json): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === '$or' && Array.isArray(wanted)) {
      return wanted.some((alternative: EventPattern) => matches(alternative, event));
    }
    const value = isObject(event) ? own(event, name) : undefined;
    if (Array.isArray(wanted)) return matchesAny(wanted, value);
    if (Array.isArray(value)) return value.some((element) => matches(wanted as EventPattern, element));
    return matches(wanted as EventPattern, value);
  });
}

function matchesAny(alternatives: readonly Json[], value: Json): boolean {
  const isAbsent = value === undefined || isObject(value) || (Array.isArray(value) && value.length === 0);
  const candidates: readonly Json[] = Array.isArray(value) ? value : [value];
  return alternatives.some((alternative) => {
    if (isObject(alternative) && Object.hasOwn(alternative, 'exists')) return alternative.exists === !isAbsent;
    if (isAbsent) return false;
    return candidates.some((candidate) => matchesOne(alternative, candidate));
  });
}

function matchesOne(alternative: Json, value: Json): boolean {
  if (!isObject(alternative)) return alternative === value;
  const [operator, operand] = Object.entries(alternative)[0] ?? [];
  return own(OPERATORS, operator ?? '')?.(operand, value) ?? false;
}

type Operator = (operand: Json, value: Json) => boolean;

const ofText = (compare: (operand: string, value: string) => boolean): Operator => {
  const withCase: Operator = (operand, value) => {
    if (typeof value !== 'string') return false;
    if (typeof operand === 'string') return compare(operand, value);
    const folded = isObject(operand) ? operand['equals-ignore-case'] : undefined;
    return typeof folded === 'string' && compare(folded.toLowerCase(), value.toLowerCase());
  };
  return withCase;
};

const prefix = ofText((start, value) => value.startsWith(start));
const suffix = ofText((end, value) => value.endsWith(end));
const equalsIgnoreCase = ofText((text, value) => text.toLowerCase() === value.toLowerCase());
const wildcard = ofText((glob, value) => wildcardExpression(glob).test(value));

export const OPERATORS: Readonly<Record<string, Operator>> = {
  prefix,
  suffix,
  wildcard,
  'equals-ignore-case': equalsIgnoreCase,
  numeric: (operand, value) => typeof value === 'number' && comparesAs(operand as Json[], value),
  cidr: (operand, value) => typeof value === 'string' && isInCidr(String(operand), value),
  'anything-but': (operand, value) => !isAmong(operand, value),
};

/** What `anything-but` excludes: values, or texts by one of the other operators. */
function isAmong(operand: Json, value: Json): boolean {
  if (Array.isArray(operand)) return operand.includes(value);
  if (!isObject(operand)) return operand === value;
  const [operator = '', texts] = Object.entries(operand)[0] ?? [];
  const list = Array.isArray(texts) ? texts : [texts];
  return list.some((text) => own(OPERATORS, operator)?.(text, value));
}

export const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function comparesAs(terms: readonly Json[], value: number): boolean {
  for (let i = 0; i < terms.length; i += 2) {
    if (!own(COMPARISONS, String(terms[i]))?.(value, Number(terms[i + 1]))) return false;
  }
  return true;
}

/** `*` stands for any text, `\*` for itself. */
function wildcardExpression(glob: string): RegExp {
  const parts = glob.match(/\\[\\*]|\*|[^\\*]+|\\/g) ?? [];
  const source = parts.map((part) => (part === '*' ? '.*' : escapeForExpression(part.replace(/^\\(?=[\\*])/, ''))));
  return new RegExp(`^${source.join('')}$`, 's');
}

function escapeForExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function isInCidr(block: string, address: string): boolean {
  const [network = '', bits = '32'] = block.split('/');
  const mask = bits === '0' ? 0 : (-1 << (32 - Number(bits))) >>> 0;
  return (toNumber(network) & mask) === (toNumber(address) & mask);
}

function toNumber(address: string): number {
  return address.split('.').reduce((number, octet) => ((number << 8) | Number(octet)) >>> 0, 0);
}
