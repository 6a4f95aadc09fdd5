import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Import, importsOf } from '../../../bench/runner/source-graph.ts';

const ROOT = join(__dirname, '../../..');

/** The rooms that hold source, tests left out. */
export const ROOMS = [
  'functions',
  'shared',
  'embedded-aws',
  'rehearsal',
  'reliability',
  'bench',
  'cli',
  'config',
  'tools',
];

/** Every source file of a room, as a path from the root; the tests of a workspace package are left out. */
export function sourceFiles(room: string): string[] {
  return readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|js)$/.test(name) && !/(^|\/)(node_modules|tests)\//.test(name))
    .map((name) => join(room, name))
    .sort();
}

/** What the files of a room import, in the order of the files. */
export const importsIn = (room: string): Import[] => sourceFiles(room).flatMap(importsOf);

/** One circle of imports as the files on it, in order; undefined where there is none. */
export function circleIn(imports: readonly Import[]): string[] | undefined {
  const byFile = Map.groupBy(imports, ({ file }) => file);
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (finished.has(file)) return undefined;
    for (const { target } of byFile.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle) return circle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of byFile.keys()) {
    const circle = visit(file, []);
    if (circle) return circle;
  }
  return undefined;
}
