/**
 * The dotted paths of duplicate keys in a JSON text. `JSON.parse` silently keeps the last value, so an operator's first value
 * would be lost without notice. The text must be valid JSON.
 */
export function duplicateKeys(text: string): string[] {
  const duplicates: string[] = [];
  const open: Frame[] = [];
  for (const [token] of text.matchAll(TOKENS)) step(open, token, duplicates);
  return duplicates;
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

interface Frame {
  readonly isObject: boolean;
  readonly seen: Set<string>;
  isKeyNext: boolean;
  /** The present key of the object, or the present index of the array. */
  at: string | number;
}

function step(open: Frame[], token: string, duplicates: string[]): void {
  const top = open.at(-1);
  if (token === '{' || token === '[') {
    const isObject = token === '{';
    open.push({ isObject, seen: new Set(), isKeyNext: isObject, at: 0 });
  } else if (token === '}' || token === ']') {
    open.pop();
  } else if (token === ',') {
    // Stryker disable next-line ConditionalExpression: a comma of valid JSON stands within something.
    if (top) nextMember(top);
  } else if (top?.isKeyNext) {
    const key: unknown = JSON.parse(token);
    top.at = String(key);
    top.isKeyNext = false;
    if (top.seen.has(top.at)) duplicates.push(open.map((frame) => frame.at).join('.'));
    top.seen.add(top.at);
  }
}

function nextMember(frame: Frame): void {
  frame.isKeyNext = frame.isObject;
  // Stryker disable next-line ConditionalExpression: a key gives way to the next one, whatever becomes of it.
  if (typeof frame.at === 'number') frame.at += 1;
}
