import { posix } from 'node:path';
import { compileFunction } from 'node:vm';
import { stop, transform } from 'esbuild';
import { isBuiltin } from './builtin-modules.ts';
import { type BundleFiles, readText, resolveFile, TASK_ROOT } from './bundle-files.ts';
import { type BundleGlobals, bundleGlobalThis } from './bundle-globals.ts';

interface CommonJsModule {
  exports: unknown;
}

/** A deployment package that is ready to run: every file that may be required, in memory. */
export interface PreparedBundle {
  readonly files: BundleFiles;
  /** Sources with `import()` answered by `require`, by path; the rest runs as it is packaged. */
  readonly rewritten: ReadonlyMap<string, string>;
}

/**
 * Node answers an `import()` in compiled text only behind a flag or with the real modules; inside a bundle it has to
 * meet the same clock and network as everything else. So esbuild, which wrote the bundle, lowers it to `require`.
 */
export async function prepareBundle(files: BundleFiles): Promise<PreparedBundle> {
  const rewritten = new Map<string, string>();
  for (const path of files.keys()) {
    if (!/\.c?js$/.test(path) || path.startsWith('node_modules/')) continue;
    const source = readText(files, path);
    if (!/\bimport\s*\(/.test(source)) continue;
    rewritten.set(path, await lowerImports(source, path));
  }
  return { files, rewritten };
}

/** What was lowered lately, by its source: the same packages are deployed over and over. Oldest first. */
const lowered = new Map<string, Promise<string>>();
const MOST_LOWERED = 20;

function lowerImports(source: string, path: string): Promise<string> {
  const known = lowered.get(source);
  if (known !== undefined) return known;
  const [oldest] = lowered.keys();
  if (oldest !== undefined && lowered.size >= MOST_LOWERED) lowered.delete(oldest);
  const code = transformed(source, path);
  lowered.set(source, code);
  code.catch(() => lowered.delete(source));
  return code;
}

let transforming = 0;

async function transformed(source: string, path: string): Promise<string> {
  const options = { platform: 'node', format: 'cjs', supported: { 'dynamic-import': false } } as const;
  transforming++;
  try {
    return (await transform(source, { ...options, sourcefile: path })).code;
  } finally {
    // Its process would outlive us, and keep a test runner from ending.
    if (--transforming === 0) await stop();
  }
}

/** Runs modules of one package with globals of their own; each module once. */
export class BundleLoader {
  private readonly bundle: PreparedBundle;
  private readonly globals: BundleGlobals;
  private readonly globalView: object;
  private readonly builtin: (name: string) => unknown;
  private readonly modules = new Map<string, CommonJsModule>();

  constructor(bundle: PreparedBundle, globals: BundleGlobals, builtin: (name: string) => unknown) {
    this.bundle = bundle;
    this.globals = globals;
    this.globalView = bundleGlobalThis(globals);
    this.builtin = builtin;
  }

  /**
   * Loads `specifier` (`./functions/control/handler`) as if a file `from` at the package's root had required it.
   * @throws Error with code MODULE_NOT_FOUND, or whatever the module throws.
   */
  load(specifier: string, from = 'index.js'): unknown {
    if (isBuiltin(specifier)) return this.builtin(specifier);
    const path = resolveFile(this.bundle.files, specifier, from);
    if (path === undefined) throw moduleNotFound(specifier, from);
    const loaded = this.modules.get(path);
    if (loaded) return loaded.exports;
    const module: CommonJsModule = { exports: {} };
    this.modules.set(path, module);
    try {
      this.run(path, module);
    } catch (error) {
      this.modules.delete(path);
      throw error;
    }
    return module.exports;
  }

  private run(path: string, module: CommonJsModule): void {
    if (path.endsWith('.json')) {
      module.exports = JSON.parse(readText(this.bundle.files, path));
      return;
    }
    const filename = posix.join(TASK_ROOT, path);
    const require = Object.assign((specifier: string) => this.load(specifier, path), {
      resolve: (specifier: string) => specifier,
      cache: {},
    });
    const scope = {
      ...{ exports: module.exports, require, module, __filename: filename, __dirname: posix.dirname(filename) },
      ...{ ...this.globals, globalThis: this.globalView, global: this.globalView },
    };
    const source = this.bundle.rewritten.get(path) ?? readText(this.bundle.files, path);
    const compiled = compileFunction(source, Object.keys(scope), { filename });
    Reflect.apply(compiled, module.exports, Object.values(scope));
  }
}

function moduleNotFound(specifier: string, from: string): Error {
  const text = `Cannot find module '${specifier}'\nRequire stack:\n- ${posix.join(TASK_ROOT, from)}`;
  return Object.assign(new Error(text), { code: 'MODULE_NOT_FOUND' });
}
