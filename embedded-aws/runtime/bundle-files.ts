import { posix } from 'node:path';

/** The contents of a deployment package: paths relative to its root, with `/` between folders. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** Where a deployment package is unpacked on Lambda. */
export const TASK_ROOT = '/var/task';

const EXTENSIONS = ['', '.js', '.cjs', '.json', '/index.js'] as const;

/**
 * The file that `specifier` names, seen from the file `from`; `undefined` when the package has none.
 * Relative and absolute paths, and packages under `node_modules` at the package's root, by their `index.js`.
 */
export function resolveFile(files: BundleFiles, specifier: string, from: string): string | undefined {
  const isPath = specifier.startsWith('.') || specifier.startsWith('/');
  const base = isPath
    ? posix.relative(TASK_ROOT, posix.resolve(TASK_ROOT, posix.dirname(from), specifier))
    : posix.join('node_modules', specifier);
  return EXTENSIONS.map((extension) => base + extension).find((path) => files.has(path));
}

const decoder = new TextDecoder();

export function readText(files: BundleFiles, path: string): string {
  return decoder.decode(files.get(path));
}
