import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The rules hold for commits after this release; older subjects were written before there were rules. */
const FIRST_RELEASE = 'v0.1.0';
const RULES = fileURLToPath(new URL('./commitlint.config.js', import.meta.url));

/** `npm run commits`: fails for each commit after the first release that breaks a rule. */
function main(): number {
  const tag = spawnSync('git', ['rev-parse', '--verify', '--quiet', `refs/tags/${FIRST_RELEASE}`]);
  if (tag.status !== 0) {
    console.log(`Skipped: this clone lacks the tag ${FIRST_RELEASE}. Fix: git fetch --tags, or --unshallow first.`);
    return 0;
  }
  const commitlint = fileURLToPath(import.meta.resolve('@commitlint/cli/cli.js'));
  const colour = process.stdout.isTTY ? [] : ['--no-color'];
  const args = [commitlint, '--config', RULES, '--from', FIRST_RELEASE, '--to', 'HEAD', ...colour];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}

process.exitCode = main();
