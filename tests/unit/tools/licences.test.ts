import { readFileSync } from 'node:fs';
import { type LockFile, refusedLicences } from '../../../tools/licences/licences.ts';
import { newRepository } from '../../support/tools/repository.ts';

const lockOf = (license: string | undefined): LockFile => ({
  packages: { '': {}, 'node_modules/it': license === undefined ? {} : { license } },
});

test('every package of the project has a permissive licence', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as LockFile;
  expect(Object.keys(lock.packages).length).toBeGreaterThan(500);
  expect(refusedLicences(lock)).toEqual([]);
});

test.each(['MIT', '(MIT OR GPL-3.0-only)', 'Apache-2.0 AND MIT', '(MIT AND Zlib)'])('%s is permissive', (license) => {
  expect(refusedLicences(lockOf(license))).toEqual([]);
});

test.each([
  'GPL-3.0-only',
  'MIT AND GPL-3.0-only',
  'UNLICENSED',
  '(ISC OR MIT OR 0BSD) AND (GPL-3.0-only OR SSPL-1.0)',
  '',
])('"%s" is not permissive', (license) => {
  expect(refusedLicences(lockOf(license))).toEqual([`node_modules/it: ${license}`]);
});

test('a package without a licence is refused, a workspace package has the licence of the project', () => {
  expect(refusedLicences(lockOf(undefined))).toEqual(['node_modules/it: no licence']);
  expect(refusedLicences({ packages: { 'node_modules/@tidegate/ours': { link: true } } })).toEqual([]);
});

test('npm run licences fails when a licence is not permissive', () => {
  const repository = newRepository();
  repository.write('package-lock.json', JSON.stringify(lockOf('GPL-3.0-only')));
  const result = repository.run('tools/licences/check-licences.ts');
  repository.remove();
  expect(result).toEqual({ code: 1, printed: expect.stringContaining('node_modules/it: GPL-3.0-only') });
});
