import { COMPARISONS, type EventPattern, isObject, type Json, OPERATORS } from './pattern.ts';

/**
 * Reads a pattern's JSON text and checks it the way EventBridge does.
 * @throws Error whose message says what is wrong, and where.
 */
export function parsePattern(text: string): EventPattern {
  let pattern: Json;
  try {
    pattern = JSON.parse(text);
  } catch {
    throw new Error('Filter is not valid JSON');
  }
  if (!isObject(pattern)) throw new Error('Filter is not an object');
  checkLevel(pattern, 'root');
  return pattern;
}

function checkLevel(pattern: Record<string, Json>, place: string): void {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new Error(`Empty objects are not allowed at ${place}`);
  for (const [name, wanted] of entries) {
    if (Array.isArray(wanted)) checkList(wanted, name);
    else if (isObject(wanted)) checkLevel(wanted, name);
    else throw new Error(`"${name}" must be an object or an array`);
  }
}

function checkList(wanted: readonly Json[], name: string): void {
  if (wanted.length === 0) throw new Error('Empty arrays are not allowed');
  for (const alternative of wanted) {
    if (name === '$or') checkLevel(isObject(alternative) ? alternative : {}, name);
    else checkAlternative(alternative, name);
  }
}

function checkAlternative(alternative: Json, name: string): void {
  if (Array.isArray(alternative))
    throw new Error(`Match value must be String, number, true, false, or null at "${name}"`);
  if (!isObject(alternative)) return;
  const [operator = '', ...others] = Object.keys(alternative);
  if (others.length > 0) throw new Error(`Only one key allowed in match expression at "${name}"`);
  if (operator === 'exists') {
    if (typeof alternative.exists !== 'boolean') throw new Error('exists match pattern must be either true or false.');
    return;
  }
  if (!(operator in OPERATORS)) throw new Error(`Unrecognized match type ${operator}`);
  if (operator === 'numeric') checkNumeric(alternative.numeric);
}

function checkNumeric(terms: Json): void {
  const isValid =
    Array.isArray(terms) &&
    (terms.length === 2 || terms.length === 4) &&
    terms.every((term, i) => (i % 2 === 0 ? String(term) in COMPARISONS : typeof term === 'number'));
  if (!isValid) throw new Error('Value of numeric must be an array of comparisons and numbers.');
}
