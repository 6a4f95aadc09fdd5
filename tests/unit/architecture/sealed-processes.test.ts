import { readdirSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
/** Starts a process or a thread. */
const STARTS = /\b(spawn|spawnSync|exec|execSync|execFile|execFileSync|fork)\)?\(|new Worker\(/;
const files = ['embedded-aws', 'rehearsal', 'reliability', 'bench'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('tests/'))
    .map((name) => join(folder, name)),
);
const sourceOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');
/** Starts programs under hostile environments, to see that these seal themselves; nothing that they try leaves the machine. */
const WATCHED = 'reliability/sealed/watch/watched.ts';
const starters = files.filter((file) => {
  const source = sourceOf(file);
  return /from 'node:(child_process|worker_threads)'/.test(source) && STARTS.test(source);
});

test('the embedded AWS and the benchmarks start processes and threads', () => {
  expect(starters).toEqual(
    expect.arrayContaining(['rehearsal/deploy/serverless.ts', 'bench/product.ts', 'bench/runner/pool.ts']),
  );
});

test.each(starters.filter((file) => file !== WATCHED))('%s starts them in a sealed environment', (file) => {
  expect(sourceOf(file)).toMatch(/sealedEnvironment\(process\.env, /);
});

test('what starts programs in a hostile environment has them watched', () => {
  expect(starters).toContain(WATCHED);
  expect(sourceOf(WATCHED)).toMatch(/execFile\(process\.execPath, \['--require', WATCH, /);
});

test('the embedded AWS and the benchmarks have no SDK client of their own, which would look for settings by itself', () => {
  expect(files.filter((file) => /new \w+Client\(/.test(sourceOf(file)))).toEqual([]);
});

test('the tests run in a sealed environment themselves', () => {
  expect(process.env).toMatchObject({ AWS_CONFIG_FILE: devNull, AWS_ACCESS_KEY_ID: 'developer' });
  expect(process.env).not.toHaveProperty('AWS_PROFILE');
});
