import { buildSync } from 'esbuild';
import { strToU8, zipSync } from 'fflate';

/** A deployment package as serverless-esbuild makes it: one CommonJS file, `index.js`, from the given TypeScript. */
export function packageOf(source: string): Uint8Array {
  const built = buildSync({
    stdin: { contents: source, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    write: false,
    logLevel: 'silent',
  });
  return zipSync({ 'functions/test/handler.js': built.outputFiles[0]?.contents ?? strToU8('') }, { level: 1 });
}

export const HANDLER = 'functions/test/handler.handler';
