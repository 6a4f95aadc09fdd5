import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { checkConfiguration } from './check-configuration.ts';
import { isIntact, publish } from './intact-folder.ts';
import { CACHE, inRunFolder } from './run-folder.ts';
import { PROJECT, type ServerlessOptions, serverless } from './serverless.ts';

/** The inputs of a package. */
const INPUTS = ['serverless.yml', 'package-lock.json', 'tsconfig.json', 'config', 'functions', 'shared'];

/**
 * The directory of the packaged service, built by `serverless package` only if an input changed or the earlier package is
 * damaged. Concurrent builders are safe: each builds in its own folder, and the first to finish wins.
 */
export async function packagedService(params: readonly string[], options: ServerlessOptions): Promise<string> {
  const target = join(CACHE, `package-${await hashOfInputs(options.source ?? PROJECT, params)}`);
  if (await isIntact(target)) return target;
  await checkConfiguration(options.source);
  await inRunFolder(async (folder) => {
    const building = join(folder, 'package');
    await serverless(['package', '--package', building, ...params], options);
    await publish(building, target);
  });
  return target;
}

async function hashOfInputs(source: string, params: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([process.version, ...params]));
  for (const input of INPUTS) {
    for (const file of await filesOf(join(source, input))) {
      hash.update(relative(source, file)).update(await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(full: string): Promise<string[]> {
  const entries = await readdir(full, { withFileTypes: true, recursive: true }).catch(() => undefined);
  const files = entries?.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)) ?? [full];
  return files.sort();
}
