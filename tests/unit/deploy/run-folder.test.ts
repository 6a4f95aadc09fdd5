import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRunFolder } from '../../../rehearsal/deploy/run-folder.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'cache-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const systemError = (code: string) => Object.assign(new Error(`${code}: no`), { code });

test('a run has a folder of its own, which is gone when it ended', async () => {
  const folder = await inRunFolder(async (own) => {
    writeFileSync(join(own, 'file'), 'work');
    expect(readdirSync(cache)).toHaveLength(1);
    return own;
  }, cache);
  expect(existsSync(folder)).toBe(false);
});

test('a run that fails leaves nothing behind, and its own failure is told', async () => {
  const failing = inRunFolder(async () => {
    throw new Error('the build failed');
  }, cache);
  await expect(failing).rejects.toThrow('the build failed');
  expect(readdirSync(cache)).toEqual([]);
});

test('what killed runs left is removed; what live runs use, packages and foreign files are not', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const kept = [`run-${process.pid}-abcdef`, `run-${process.ppid}-abcdef`, 'package-0123456789abcdef', 'run-notes.txt'];
  for (const name of [...kept, `run-${dead}-abcdef`, 'run-abcdef'])
    mkdirSync(join(cache, name, 'inner'), { recursive: true });
  await inRunFolder(async () => {}, cache);
  expect(readdirSync(cache).sort()).toEqual(kept.sort());
});

test.each([
  ['ENOSPC', 'No space is left on the disk of CACHE: free 50 MB there, then run the command again.'],
  ['EDQUOT', 'No space is left on the disk of CACHE: free 50 MB there, then run the command again.'],
  ['EROFS', 'CACHE cannot be written (EROFS: no): make it writable, then run the command again.'],
  ['EACCES', 'CACHE cannot be written (EACCES: no): make it writable, then run the command again.'],
])('%s becomes one sentence that says where and what to do', async (code, sentence) => {
  const failing = inRunFolder(async () => {
    throw systemError(code);
  }, cache);
  await expect(failing).rejects.toMatchObject({ name: 'CommandError', message: sentence.replace('CACHE', cache) });
});

test('a file in the place of the cache is told as such', async () => {
  const file = join(cache, 'file');
  writeFileSync(file, '');
  const sentence = `${file} is not a folder (EEXIST: file already exists, mkdir '${file}'): remove it, then run the command again.`;
  await expect(inRunFolder(async () => {}, file)).rejects.toMatchObject({ name: 'CommandError', message: sentence });
});
