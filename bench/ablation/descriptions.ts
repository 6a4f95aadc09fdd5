const NUMBER = /\/\*\*[\s*]+((?:(?!\*\/).)+?)\s*\*\/\s+(\w+):/gs;
const LINE_BREAK = /\s*\n\s*\*?\s*/g;

/** The comment above each number in a source text, by the number's name, in one line. */
export function descriptionsIn(source: string): ReadonlyMap<string, string> {
  return new Map(
    [...source.matchAll(NUMBER)].map(([, text = '', name = '']) => [name, text.replace(LINE_BREAK, ' ').trim()]),
  );
}
