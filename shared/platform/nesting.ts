/**
 * How deeply objects and lists are nested in a JSON text; an upper bound where the text is not JSON. `JSON.parse` reads any
 * depth, but whatever walks its result by recursion overflows the stack.
 */
export function nestingOf(text: string): number {
  let levels = 0;
  let most = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gs)) {
    if (token === '{' || token === '[') most = Math.max(most, ++levels);
    else if (token === '}' || token === ']') levels--;
  }
  return most;
}
