import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isIntact, publish } from '../../../rehearsal/deploy/intact-folder.ts';

let base: string;
let target: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'packages-'));
  target = join(base, 'package');
});
afterEach(() => rmSync(base, { recursive: true }));

function built(name: string, content: string): string {
  const folder = join(base, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'control.zip'), content);
  writeFileSync(join(folder, 'state.json'), '{}');
  return folder;
}

const damages: readonly (readonly [what: string, damage: () => void])[] = [
  ['a file that is cut off', () => truncateSync(join(target, 'control.zip'), 3)],
  ['a file whose content changed', () => writeFileSync(join(target, 'control.zip'), 'PUBLISHED')],
  ['a file that is missing', () => rmSync(join(target, 'state.json'))],
  ['a file too many', () => writeFileSync(join(target, 'stray'), '')],
  ['no manifest', () => rmSync(join(target, 'manifest.json'))],
  ['a manifest that is cut off', () => truncateSync(join(target, 'manifest.json'), 10)],
  [
    'nothing in it',
    () => {
      rmSync(target, { recursive: true });
      mkdirSync(target);
    },
  ],
];

test('what was published is intact, and what was never there is not', async () => {
  expect(await isIntact(target)).toBe(false);
  await publish(built('building', 'published'), target);
  expect(await isIntact(target)).toBe(true);
});

test.each(damages)('a package with %s is not intact, and the next one takes its place', async (_what, damage) => {
  await publish(built('building', 'published'), target);
  damage();
  expect(await isIntact(target)).toBe(false);
  await publish(built('again', 'published again'), target);
  expect(await isIntact(target)).toBe(true);
  expect(readFileSync(join(target, 'control.zip'), 'utf8')).toBe('published again');
});

test('of two builders at once the first wins, and the second is content with it', async () => {
  await publish(built('first', 'first'), target);
  await publish(built('second', 'second'), target);
  expect(readFileSync(join(target, 'control.zip'), 'utf8')).toBe('first');
});
