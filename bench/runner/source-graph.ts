import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SPECIFIER = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)['"]([^'"]+)['"]/gm;
const PACKAGE = '@tidegate/embedded-aws';

export interface Import {
  /** The importing file, as a path from the project's root. */
  readonly file: string;
  /** A path from the project's root for a file of the project, else the name of a package. */
  readonly target: string;
  readonly isTypeOnly: boolean;
}

/** The text of a file, named by its path from the project's root. */
export const readSource = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** What a file imports, in the order of its text. */
export function importsOf(file: string): Import[] {
  const text = readSource(file);
  return [...text.matchAll(SPECIFIER)].map((match) => {
    const statement = text.slice(text.lastIndexOf('\nimport', match.index) + 1, match.index);
    const isTypeOnly = /^(import|export)\s+type\b/.test(statement);
    return { file, target: targetOf(file, match[1] ?? ''), isTypeOnly };
  });
}

/** The given files and every file of the project that they reach by imports, sorted; `without` is not entered. */
export function reachedFrom(entries: readonly string[], without: readonly string[] = []): string[] {
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file) || without.includes(file) || !existsSync(join(ROOT, file))) continue;
    reached.add(file);
    waiting.push(...importsOf(file).map(({ target }) => target));
  }
  return [...reached].sort();
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier));
  return specifier === PACKAGE || specifier.startsWith(`${PACKAGE}/`) ? exportedFile(specifier) : specifier;
}

/** The file that a name of the workspace package stands for; a name that is not exported stays as it is. */
function exportedFile(specifier: string): string {
  const { exports } = JSON.parse(readSource('embedded-aws/package.json')) as { exports: Record<string, string> };
  const path = exports[`.${specifier.slice(PACKAGE.length)}`];
  return path === undefined ? specifier : normalize(join('embedded-aws', path));
}
