import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Lists every other file of a folder with its SHA-256; written last. */
const MANIFEST = 'manifest.json';

/** Whether a folder holds exactly what was published: nothing is missing, cut off or changed. */
export async function isIntact(folder: string): Promise<boolean> {
  try {
    return (await readFile(join(folder, MANIFEST), 'utf8')) === (await manifestOf(folder));
  } catch {
    return false; // The folder is missing or unreadable, so it must be built again.
  }
}

/** Moves a finished folder to its place, unless another process has already put an intact one there. */
export async function publish(folder: string, target: string): Promise<void> {
  await writeFile(join(folder, MANIFEST), await manifestOf(folder));
  try {
    await rename(folder, target);
  } catch {
    if (await isIntact(target)) return;
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
  }
}

async function manifestOf(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name !== MANIFEST).sort();
  const lines = names.map(async (name) => {
    const content = await readFile(join(folder, name));
    return [name, createHash('sha256').update(content).digest('hex')];
  });
  return JSON.stringify(Object.fromEntries(await Promise.all(lines)));
}
