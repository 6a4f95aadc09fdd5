import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../laptop-command.ts';

/** Where packages are kept and runs work: `.tidegate` of the project. */
export const CACHE = fileURLToPath(new URL('../../.tidegate', import.meta.url));

/** Owner's process id, then six letters. */
const RUN_FOLDER = /^run-(?:(\d+)-)?\w{6}$/;

/**
 * Does `work` in an empty folder of its own below `cache`, which is gone afterwards; first removes the folders of runs
 * that were killed.
 * @throws CommandError when the disk is full or the cache cannot be written.
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

/** Folders without a process id in their name are of an earlier version, whose run is over. */
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

/** The sentence for a disk without space; the framework needs some megabytes for each run. */
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
