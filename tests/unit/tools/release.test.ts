import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newRepository, type Repository } from '../../support/tools/repository.ts';

const RELEASE = 'tools/release/release.ts';
const FILES = ['package.json', 'package-lock.json', 'embedded-aws/package.json'];
const CHANGELOG =
  '# Changelog\n\n## Unreleased\n\n### Added\n\n- Something new.\n\n## 0.1.0 - 2026-11-21\n\n- The first.\n';

let repository: Repository;
const read = (path: string) => readFileSync(join(repository.folder, path), 'utf8');
const isUntouched = () => repository.git('status', '--porcelain') === '' && repository.git('tag') === 'v0.1.0';

/** A repository with the project's own manifests, released as 0.1.0. */
beforeEach(() => {
  repository = newRepository();
  for (const path of FILES) {
    repository.write(path, readFileSync(path, 'utf8').replaceAll(/^( *"version": )"[\d.]+"/gm, '$1"0.1.0"'));
  }
  repository.write('CHANGELOG.md', CHANGELOG);
  repository.commit('feat: begin');
  repository.git('tag', 'v0.1.0');
});
afterEach(() => repository.remove());

test('a release gives the unreleased changes a section, sets every version, commits and tags', () => {
  expect(repository.run(RELEASE, '0.2.0')).toEqual({ code: 0, printed: expect.stringContaining('Released v0.2.0') });
  expect(repository.git('log', '-1', '--format=%s %D')).toBe('chore(release): v0.2.0 HEAD -> main, tag: v0.2.0');
  expect(repository.git('status', '--porcelain')).toBe('');
  expect(read('CHANGELOG.md')).toMatch(
    /^# Changelog\n\n## Unreleased\n\n## 0\.2\.0 - \d{4}-\d\d-\d\d\n\n### Added\n\n- Something new\.\n\n## 0\.1\.0 - 2026-11-21\n\n- The first\.\n$/,
  );
  // Two lines of package-lock.json for the project, one for its workspace package.
  const changed = repository.git('diff', '--numstat', 'v0.1.0', '--', ...FILES).split('\n');
  expect(changed).toEqual(['1\t1\tembedded-aws/package.json', '3\t3\tpackage-lock.json', '1\t1\tpackage.json']);
  expect(FILES.map((path) => JSON.parse(read(path)).version)).toEqual(['0.2.0', '0.2.0', '0.2.0']);
});

test('a dry run tells what it would do and changes nothing', () => {
  const told = 'Would write package.json, embedded-aws/package.json, package-lock.json, CHANGELOG.md';
  expect(repository.run(RELEASE, '0.2.0', '--dry-run')).toEqual({ code: 0, printed: expect.stringContaining(told) });
  expect(isUntouched()).toBe(true);
});

test('a commit that a hook refuses leaves everything as it was', () => {
  repository.write('.git/hooks/pre-commit', '#!/bin/sh\necho "not today" >&2\nexit 1\n');
  chmodSync(join(repository.folder, '.git/hooks/pre-commit'), 0o755);
  expect(repository.run(RELEASE, '0.2.0')).toEqual({ code: 1, printed: expect.stringContaining('not today') });
  expect(isUntouched()).toBe(true);
});

test.each([
  ['a change in the working tree', () => repository.write('note.txt', 'unfinished'), '0.2.0', 'note.txt'],
  ['another branch', () => repository.git('switch', '--create', 'idea'), '0.2.0', 'this is "idea"'],
  ['a tag that exists', () => repository.git('tag', 'v0.2.0'), '0.2.0', 'The tag v0.2.0 exists'],
  ['an earlier version', () => {}, '0.0.9', 'Expected a version after 0.1.0, found 0.0.9'],
  ['no version at all', () => {}, 'next', 'Expected a version such as 0.2.0, found "next"'],
])('%s is refused', (_, arrange, version, message) => {
  arrange();
  const before = repository.git('rev-parse', 'HEAD');
  expect(repository.run(RELEASE, version)).toEqual({ code: 1, printed: expect.stringContaining(message) });
  expect(repository.git('rev-parse', 'HEAD')).toBe(before);
  expect(read('CHANGELOG.md')).toBe(CHANGELOG);
});

test('a changelog without an unreleased entry is refused', () => {
  repository.write('CHANGELOG.md', CHANGELOG.replace('- Something new.\n', ''));
  repository.commit('docs: forget the change');
  expect(repository.run(RELEASE, '0.2.0')).toEqual({ code: 1, printed: expect.stringContaining('no entry under') });
  expect(isUntouched()).toBe(true);
});
