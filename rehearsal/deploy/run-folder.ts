import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../laptop-command.ts';

/** The folder for packages and runs: `.tidegate` of the project. */
export const CACHE = fileURLToPath(new URL('../../.tidegate', import.meta.url));

/** Owner's process id, then six letters. */
const RUN_FOLDER = /^run-(?:(\d+)-)?\w{6}$/;

/**
 * Runs `work` in an empty temporary folder below `cache` and removes the folder afterwards; first removes the folders of
 * killed runs.
 * @throws CommandError if the disk is full or the cache cannot be written
 */
export async function inRunFolder<Result>(
  work: (folder: string) => Promise<Result>,
  cache: string = CACHE,
): Promise<Result> {
  let folder: string | undefined;
  try {
    await mkdir(cache, { recursive: true });
    await removeLeftovers(cache);
    folder = await mkdtemp(join(cache, `run-${process.pid}-`));
    return await work(folder);
  } catch (error) {
    throw explained(error, cache);
  } finally {
    if (folder !== undefined) await removeFolder(folder);
  }
}

async function removeLeftovers(cache: string): Promise<void> {
  const leftovers = (await readdir(cache)).filter((name) => {
    const match = RUN_FOLDER.exec(name);
    return match !== null && !isAlive(Number(match[1]));
  });
  await Promise.all(leftovers.map((name) => removeFolder(join(cache, name))));
}

/** Another process may be removing the same folder. */
const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true, maxRetries: 3 });

/** Folders without a process id in their name belong to an earlier version, whose run is over. */
function isAlive(pid: number): boolean {
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** The error for a full disk; the framework needs some megabytes per run. */
export const diskIsFull = (cache: string = CACHE): CommandError =>
  new CommandError(`No space is left on the disk of ${cache}: free 50 MB there, then run the command again.`);

function explained(error: unknown, cache: string): unknown {
  const code = codeOf(error) ?? '';
  const { message } = error as Error;
  if (['ENOSPC', 'EDQUOT'].includes(code)) return diskIsFull(cache);
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) {
    return new CommandError(`${cache} cannot be written (${message}): make it writable, then run the command again.`);
  }
  if (['EEXIST', 'ENOTDIR'].includes(code)) {
    return new CommandError(`${cache} is not a folder (${message}): remove it, then run the command again.`);
  }
  return error;
}
