import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { sealedEnvironment } from '../../../rehearsal/deploy/sealed-environment.ts';
import type { Ended } from '../../../reliability/sealed/watch/watched.ts';

/** Where a program lies on PATH, or undefined. */
export function onPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a program as a developer would against the embedded AWS, and waits for its end. */
export async function typed(endpoint: string, program: string, ...words: readonly string[]): Promise<Ended> {
  const env = {
    ...sealedEnvironment(process.env, endpoint),
    AWS_PAGER: '',
    NODE_NO_WARNINGS: '1',
  };
  return await new Promise((resolve) => {
    execFile(program, words, { env, encoding: 'utf8' }, (error, out, err) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 127) : 0;
      resolve({ code, out, err });
    });
  });
}
