import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const ROOT = join(__dirname, '../../..');
const SPECIFIER = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)['"]([^'"]+)['"]/gm;
const PACKAGE = '@tidegate/embedded-aws';

/** The rooms that hold source, tests left out. */
export const ROOMS = ['functions', 'shared', 'embedded-aws', 'rehearsal', 'reliability', 'bench', 'cli', 'config'];

export interface Import {
  readonly file: string;
  /** A path from the root for a file of the project, else the name of a package. */
  readonly target: string;
  readonly isTypeOnly: boolean;
}

/** Every source file of a room, as a path from the root; the tests of a workspace package are left out. */
export function sourceFiles(room: string): string[] {
  return readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|js)$/.test(name) && !/(^|\/)(node_modules|tests)\//.test(name))
    .map((name) => join(room, name))
    .sort();
}

export const readSource = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** What the files of a room import, in the order of the files. */
export function importsIn(room: string): Import[] {
  return sourceFiles(room).flatMap((file) => {
    const text = readSource(file);
    return [...text.matchAll(SPECIFIER)].map((match) => {
      const statement = text.slice(text.lastIndexOf('\nimport', match.index) + 1, match.index);
      const isTypeOnly = /^import\s+type\b/.test(statement) || /^export\s+type\b/.test(statement);
      return { file, target: targetOf(file, match[1] ?? ''), isTypeOnly };
    });
  });
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

/** One circle of imports as the files on it, in order; undefined where there is none. */
export function circleIn(imports: readonly Import[]): string[] | undefined {
  const targets = Map.groupBy(imports, ({ file }) => file);
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (finished.has(file)) return undefined;
    for (const { target } of targets.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle) return circle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of targets.keys()) {
    const circle = visit(file, []);
    if (circle) return circle;
  }
  return undefined;
}
