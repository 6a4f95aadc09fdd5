import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { releasedChangelog } from './changelog.ts';
import { isLater, manifestsOf, type Texts, withVersion } from './versions.ts';

const USAGE = 'Usage: npm run release -- 0.2.0 [--dry-run]';

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
const read = (path: string): string => readFileSync(path, 'utf8');

/** @throws Error unless the working tree is `main` without a change, and the tag is free */
function checkRepository(tag: string): void {
  const branch = git('branch', '--show-current');
  if (branch !== 'main') throw new Error(`A release is made on main, this is "${branch}". Fix: git switch main.`);
  const changed = git('status', '--porcelain');
  if (changed !== '') throw new Error(`The working tree has changes. Fix: commit or stash them first.\n${changed}`);
  if (git('tag', '--list', tag) !== '') throw new Error(`The tag ${tag} exists. Fix: choose the next version.`);
}

/** What the release writes, by path. @throws Error when the version or the changelog does not allow a release */
function releasedTexts(version: string, day: string): Texts {
  const root = read('package.json');
  const { version: present } = JSON.parse(root) as { version: string };
  if (!isLater(version, present)) throw new Error(`Expected a version after ${present}, found ${version}.`);
  const paths = [...manifestsOf(root).map(({ path }) => path), 'package-lock.json'];
  const texts = Object.fromEntries(paths.map((path) => [path, read(path)]));
  const changelog = releasedChangelog(read('CHANGELOG.md'), `${version} - ${day}`);
  return { ...withVersion(texts, version), 'CHANGELOG.md': changelog };
}

/** Writes, commits and tags; whatever fails on the way, the repository is as it was. */
function carryOut(texts: Texts, tag: string): void {
  const before = git('rev-parse', 'HEAD');
  try {
    for (const [path, text] of Object.entries(texts)) writeFileSync(path, text);
    git('commit', '--all', `--message=chore(release): ${tag}`);
    git('tag', '--annotate', `--message=${tag}`, tag);
  } catch (error) {
    git('reset', '--hard', before);
    throw error;
  }
}

function main(args: string[]): void {
  const options = { 'dry-run': { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [version, ...rest] = positionals;
  if (version === undefined || rest.length > 0) throw new Error(USAGE);
  const tag = `v${version}`;
  checkRepository(tag);
  const texts = releasedTexts(version, new Date().toISOString().slice(0, 10));
  const files = Object.keys(texts).join(', ');
  if (values['dry-run']) {
    console.log(`Would write ${files}, commit them and tag the commit ${tag}.`);
    return;
  }
  carryOut(texts, tag);
  console.log(`Released ${tag}: ${files}. Next: git push --atomic origin main ${tag}`);
}

/** `npm run release -- 0.2.0 [--dry-run]`: CHANGELOG, versions, commit and tag, all or nothing. */
try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
