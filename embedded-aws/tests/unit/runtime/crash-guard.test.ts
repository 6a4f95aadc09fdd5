import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Stray failures end a process, so they are tried in one of their own, where nothing of the test runner interferes. */
const SCRIPT = `
  import { runningInvocation, installCrashGuard } from '${join(process.cwd(), 'embedded-aws/runtime/crash-guard.ts')}';
  installCrashGuard();
  const crash = (type, thrown) => console.log(type, thrown.message);
  const inside = { requestId: 'r', crash };
  runningInvocation.run(inside, () => void Promise.reject(new Error('stray rejection')));
  runningInvocation.run(inside, () => setTimeout(() => { throw new Error('stray exception'); }, 1));
  if (process.argv.at(-1) === 'own') setTimeout(() => { throw new Error('our own'); }, 5);
`;
const run = (mode: string) =>
  spawnSync(process.execPath, ['--input-type=module', '--eval', SCRIPT, mode], { encoding: 'utf8' });

test('stray failures of a bundle end its invocation, not the process', () => {
  const { status, stdout } = run('bundle');
  expect(status).toBe(0);
  expect(stdout.trim().split('\n')).toEqual([
    'Runtime.UnhandledPromiseRejection stray rejection',
    'Runtime.UncaughtException stray exception',
  ]);
});

test('a failure of no bundle still ends the process', () => {
  const { status, stderr } = run('own');
  expect(status).not.toBe(0);
  expect(stderr).toContain('our own');
});
